/** What ran on the machine before anybody came: an application of the company, whose secrets are in its environment. */
import {domainOf} from '../../persona/domain.ts'
import type {Persona} from '../../persona.ts'
import {hash} from './registry.ts'
import type {Container, Image, Json} from './state.ts'

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const PROJECTS = ['billing', 'inventory', 'helpdesk', 'payroll', 'crm', 'warehouse', 'reports', 'booking']
const WORDS = ['Winter', 'Summer', 'Orion', 'Castle', 'Falcon', 'Harbor', 'Granite', 'Maple', 'Vector', 'Copper']
const DAY_MS = 86_400_000

interface Part {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly entrypoint: readonly string[] | null
  readonly environment: readonly string[]
  readonly port: number
  readonly published: number | null
  readonly binds: readonly string[]
  readonly megabytes: number
}

function secret(persona: Persona, purpose: string): string {
  return `${persona.pick(`docker word ${purpose}`, WORDS)}${persona.integer(`docker number ${purpose}`, 100, 9999)}!`
}

function parts(persona: Persona, registry: string): Part[] {
  const project = persona.pick('docker project', PROJECTS)
  const tag = `${persona.integer('docker major', 1, 4)}.${persona.integer('docker minor', 0, 19)}.${persona.integer('docker patch', 0, 9)}`
  const database = secret(persona, 'database')
  const token = persona.bytes('docker token', 20).toString('hex')
  const key = persona.bytes('docker key', 32).toString('base64url')
  return [
    {
      name: `${project}-api-1`,
      image: `${registry}/${project}/api:${tag}`,
      command: ['gunicorn', '-b', '0.0.0.0:8000', `${project}.wsgi`],
      entrypoint: ['/entrypoint.sh'],
      environment: [
        `DATABASE_URL=postgres://${project}:${database}@db:5432/${project}`,
        `SECRET_KEY=${key}`,
        `REGISTRY_TOKEN=${token}`,
      ],
      port: 8000,
      published: 8000 + persona.integer('docker port', 0, 90),
      binds: [`/srv/${project}/media:/app/media`],
      megabytes: 310,
    },
    {
      name: `${project}-db-1`,
      image: `${registry}/base/postgres:${persona.pick('docker postgres', ['13.9', '14.6', '15.3'])}`,
      command: ['postgres'],
      entrypoint: ['docker-entrypoint.sh'],
      environment: [`POSTGRES_USER=${project}`, `POSTGRES_PASSWORD=${database}`, `POSTGRES_DB=${project}`],
      port: 5432,
      published: null,
      binds: [`/srv/${project}/pgdata:/var/lib/postgresql/data`],
      megabytes: 379,
    },
    {
      name: persona.pick('docker runner', ['gitlab-runner', 'runner', 'ci-runner']),
      image: `${registry}/ci/runner:${persona.integer('docker runner major', 14, 16)}.${persona.integer('docker runner minor', 0, 11)}`,
      command: ['run', '--user=gitlab-runner', '--working-directory=/home/gitlab-runner'],
      entrypoint: ['/usr/bin/dumb-init', '/entrypoint'],
      environment: [`CI_SERVER_TOKEN=${persona.bytes('docker runner token', 15).toString('base64url')}`],
      port: 9252,
      published: null,
      binds: ['/var/run/docker.sock:/var/run/docker.sock', '/srv/gitlab-runner/config:/etc/gitlab-runner'],
      megabytes: 752,
    },
  ]
}

export interface Inventory {
  readonly images: readonly Image[]
  readonly containers: readonly Container[]
}

export function registryOf(persona: Persona, wanted: unknown): string {
  if (typeof wanted === 'string') return wanted
  const domain = domainOf(persona)?.dns ?? null
  return domain === null ? 'localhost:5000' : `registry.${domain}${persona.pick('docker registry', ['', ':5000'])}`
}

export function inventory(persona: Persona, registry: string, now: number): Inventory {
  const seed = persona.bytes('docker', 16).toString('hex')
  const images: Image[] = []
  const containers = parts(persona, registry).map((part, index) => {
    const created = persona.installedAt + persona.integer(`docker created ${index}`, 1, 40) * DAY_MS
    const image = imageOf(part, seed, created - persona.integer(`docker image ${index}`, 1, 90) * DAY_MS)
    images.push(image)
    return containerOf(persona, part, {image, index, created, now})
  })
  return {images, containers}
}

function imageOf(part: Part, seed: string, made: number): Image {
  const id = hash(`${seed} ${part.image}`)
  return {
    id: `sha256:${id}`,
    tags: [part.image],
    created: Math.floor(made / 1000),
    size: part.megabytes * 1_000_000 + Number.parseInt(id.slice(0, 4), 16) * 11,
    layers: Array.from({length: 5}, (_, index) => `sha256:${hash(`${id} layer ${index}`)}`),
    command: part.command,
    entrypoint: part.entrypoint,
    environment: [PATH],
    ports: [`${part.port}/tcp`],
    directory: '',
    digest: `sha256:${hash(`${id} digest`)}`,
  }
}

function containerOf(
  persona: Persona,
  part: Part,
  {image, index, created, now}: {image: Image; index: number; created: number; now: number},
): Container {
  const id = persona.bytes(`docker container ${index}`, 32).toString('hex')
  // The Engine starts them again, one after the other, once it is up.
  const startedAt = persona.bootedAt(now) + persona.integer('docker start', 9000, 25_000) + index * 700
  const [path = '', ...args] = [...(part.entrypoint ?? []), ...part.command]
  const port = `${part.port}/tcp`
  const bindings = part.published === null ? {} : {[port]: [{HostIp: '', HostPort: String(part.published)}]}
  const config: Json = {
    Hostname: id.slice(0, 12),
    AttachStdout: false,
    ExposedPorts: {[port]: {}},
    Env: [...part.environment, PATH],
    Cmd: part.command,
    Image: part.image,
    Entrypoint: part.entrypoint,
    Labels: {},
  }
  const host: Json = {Binds: part.binds, PortBindings: bindings, RestartPolicy: {Name: 'always', MaximumRetryCount: 0}}
  return {
    id,
    name: part.name,
    created,
    image: part.image,
    imageId: image.id,
    path,
    args,
    config,
    host,
    state: 'running',
    exitCode: 0,
    error: '',
    pid: persona.integer(`docker pid ${index}`, 900, 4000),
    startedAt,
    finishedAt: startedAt - persona.integer(`docker stop ${index}`, 40_000, 120_000),
    address: index + 2,
    endpoint: persona.bytes(`docker endpoint ${index}`, 32).toString('hex'),
    sandbox: persona.bytes(`docker sandbox ${index}`, 32).toString('hex'),
    execs: [],
    log: [],
    logBytes: 0,
  }
}
