/** One Engine: what it holds, and what becomes of it. All of it is made up; nothing runs. */
import type {Persona} from '../../persona.ts'
import {bounded, commandOf, environment, NEVER_RUN} from './container-draft.ts'
import {RefusedError} from './engine-error.ts'
import {networkName} from './host-config.ts'
import {inventory, registryOf} from './lures.ts'
import {randomName} from './names.ts'
import {predefinedNetworks} from './predefined-networks.ts'
import {hash, pulledImage, reference} from './registry.ts'
import {type Release, releaseOf} from './releases.ts'
import {type Container, type Exec, type Image, type Json, type Network, object, text, type Volume} from './state.ts'

/** What intruders make beside what was there: the oldest is forgotten first. */
const MOST = {containers: 16, images: 24, networks: 8, volumes: 16, execs: 48} as const
const LOG_LIMIT = 64 * 1024

export interface Moment {
  readonly now: number
  readonly random: (size: number) => Buffer
}

export class Engine {
  readonly persona: Persona
  readonly release: Release
  readonly containers = new Map<string, Container>()
  readonly images = new Map<string, Image>()
  readonly networks = new Map<string, Network>()
  readonly volumes = new Map<string, Volume>()
  readonly execs = new Map<string, Exec>()
  readonly registry: string
  readonly #seed: string
  readonly #own: ReadonlySet<string>
  #pids = 0

  constructor(persona: Persona, options: Json, now: number) {
    this.persona = persona
    this.release = releaseOf(persona, options.version)
    this.registry = registryOf(persona, options.registry)
    this.#seed = persona.bytes('docker images', 16).toString('hex')
    const {images, containers} = inventory(persona, this.registry, now)
    const furnished = options.containers !== false
    if (furnished) for (const image of images) this.images.set(image.id, image)
    if (furnished) for (const container of containers) this.containers.set(container.id, container)
    for (const network of predefinedNetworks(persona, now)) this.networks.set(network.id, network)
    this.#own = new Set([...this.containers.keys(), ...this.images.keys(), ...this.networks.keys()])
  }

  /** By name, id, or the beginning of an id. */
  container(wanted: string): Container {
    const found = this.#find(this.containers, wanted, ({name}) => name === wanted.replace(/^\//, ''))
    if (found === undefined) throw new RefusedError(404, `No such container: ${wanted}`)
    return found
  }

  running(wanted: string): Container {
    const container = this.container(wanted)
    if (container.state === 'running' || container.state === 'paused') return container
    throw new RefusedError(409, `${this.release.old ? 'Container' : 'container'} ${container.id} is not running`)
  }

  findImage(wanted: string): Image | undefined {
    const name = reference(wanted)
    const digest = wanted.replace(/^sha256:/, '')
    return [...this.images.values()].find(
      ({id, tags}) => tags.includes(name) || (/^[0-9a-f]{4,64}$/.test(digest) && id.startsWith(`sha256:${digest}`)),
    )
  }

  image(wanted: string): Image {
    const found = this.findImage(wanted)
    if (found === undefined) throw new RefusedError(404, `No such image: ${reference(wanted)}`)
    return found
  }

  network(wanted: string): Network {
    const found = this.#find(this.networks, wanted, ({name}) => name === wanted)
    if (found === undefined) throw new RefusedError(404, `network ${wanted} not found`)
    return found
  }

  networkOf({host}: Container): Network | undefined {
    const name = networkName(host, this.release)
    return [...this.networks.values()].find((network) => network.name === name)
  }

  exec(id: string): Exec {
    const exec = this.execs.get(id)
    if (exec === undefined) throw new RefusedError(404, `No such exec instance: ${id}`)
    return exec
  }

  create(name: string, sent: Json, {now, random}: Moment): Container {
    const image = text(sent.Image)
    const found = image === '' ? undefined : this.image(image)
    const named = name === '' ? this.#freeName(random) : this.#claim(name)
    const {entrypoint, command} = commandOf(sent, found)
    const [path = '', ...args] = [...(entrypoint ?? []), ...command]
    if (path === '') throw new RefusedError(400, this.release.old ? 'No command specified' : 'no command specified')
    const id = random(32).toString('hex')
    const {HostConfig: host, NetworkingConfig: _, ...config} = bounded(sent)
    const shared = object(host).NetworkMode === 'host'
    const container: Container = {
      ...NEVER_RUN,
      id,
      name: named,
      created: now,
      image,
      imageId: found?.id ?? '',
      path,
      args,
      config: {
        ...config,
        Hostname: text(config.Hostname) || (shared ? this.persona.hostname : id.slice(0, 12)),
        Env: environment(config.Env, found?.environment ?? []),
        Cmd: command.length === 0 ? null : command,
        Entrypoint: entrypoint,
        Labels: config.Labels ?? (image === '' ? null : {}),
      },
      host: object(host),
      endpoint: hash(`${id} endpoint`),
      sandbox: hash(`${id} sandbox`),
      execs: [],
      log: [],
    }
    this.#keep(this.containers, id, container, MOST.containers)
    return container
  }

  start(container: Container, now: number): void {
    container.state = 'running'
    container.startedAt = now
    container.exitCode = 0
    container.error = ''
    container.pid = this.#nextPid(now)
    const bridged = networkName(container.host, this.release) === 'bridge'
    container.address = bridged ? this.#freeAddress() : 0
  }

  exit(container: Container, status: number, now: number): void {
    container.state = 'exited'
    container.exitCode = status
    container.finishedAt = now
    container.address = 0
  }

  log(container: Container, stream: 1 | 2, data: Buffer, at: number): void {
    if (container.logBytes >= LOG_LIMIT) return
    container.logBytes += data.length
    container.log.push({stream, at, data})
  }

  remove(container: Container): void {
    this.containers.delete(container.id)
    for (const id of container.execs) this.execs.delete(id)
  }

  rename(container: Container, name: string): void {
    container.name = this.#claim(name)
  }

  pull(name: string, now: number): Image {
    const known = this.findImage(name)
    if (known !== undefined) return known
    const image = pulledImage(name, this.#seed, now)
    this.#keep(this.images, image.id, image, MOST.images)
    return image
  }

  newExec(container: Container, config: Json, random: Moment['random']): Exec {
    const id = random(32).toString('hex')
    const exec: Exec = {id, container, config: bounded(config), state: 'created', exitCode: null, pid: 0}
    container.execs.push(id)
    this.#keep(this.execs, id, exec, MOST.execs)
    return exec
  }

  startExec(exec: Exec, now: number): void {
    exec.state = 'running'
    exec.pid = this.#nextPid(now)
  }

  addNetwork(sent: Json, {now, random}: Moment): Network {
    const name = text(sent.Name).slice(0, 64)
    if ([...this.networks.values()].some((network) => network.name === name)) {
      throw new RefusedError(409, `network with name ${name} already exists`)
    }
    const third = 18 + this.networks.size
    const network: Network = {
      id: random(32).toString('hex'),
      name,
      driver: text(sent.Driver) || 'bridge',
      created: now,
      subnet: `172.${third}.0.0/16`,
      gateway: `172.${third}.0.1`,
      options: {},
      labels: object(bounded(object(sent.Labels))),
      internal: sent.Internal === true,
    }
    this.#keep(this.networks, network.id, network, MOST.networks)
    return network
  }

  removeNetwork(wanted: string): void {
    const {id, name} = this.network(wanted)
    if (this.#own.has(id)) throw new RefusedError(403, `${name} is a pre-defined network and cannot be removed`)
    this.networks.delete(id)
  }

  addVolume(sent: Json, {now, random}: Moment): Volume {
    const name = text(sent.Name).slice(0, 128) || random(32).toString('hex')
    const known = this.volumes.get(name)
    if (known !== undefined) return known
    const some = (value: unknown): Json | null =>
      value === undefined || value === null ? null : bounded(object(value))
    const volume: Volume = {name, created: now, labels: some(sent.Labels), options: some(sent.DriverOpts)}
    this.#keep(this.volumes, name, volume, MOST.volumes)
    return volume
  }

  #find<T extends {readonly id: string}>(
    all: ReadonlyMap<string, T>,
    wanted: string,
    named: (item: T) => boolean,
  ): T | undefined {
    const values = [...all.values()]
    const exact = all.get(wanted) ?? values.find(named)
    if (exact !== undefined || !/^[0-9a-f]{1,64}$/.test(wanted)) return exact
    return values.find(({id}) => id.startsWith(wanted))
  }

  #keep<T>(all: Map<string, T>, id: string, item: T, most: number): void {
    all.set(id, item)
    const others = [...all.keys()].filter((key) => !this.#own.has(key))
    for (const key of others.slice(0, Math.max(0, others.length - most))) all.delete(key)
  }

  #claim(name: string): string {
    const bare = name.replace(/^\//, '')
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(bare)) {
      throw new RefusedError(
        400,
        `Invalid container name (${bare.slice(0, 128)}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`,
      )
    }
    const holder = [...this.containers.values()].find((container) => container.name === bare)
    if (holder === undefined) return bare
    throw new RefusedError(
      409,
      `Conflict. The container name "/${bare}" is already in use by container "${holder.id}". You have to remove (or rename) that container to be able to reuse that name.`,
    )
  }

  #freeName(random: Moment['random']): string {
    const taken = new Set([...this.containers.values()].map(({name}) => name))
    const name = randomName(random)
    for (let number = 0; number < 10; number++)
      if (!taken.has(`${name}${number || ''}`)) return `${name}${number || ''}`
    return `${name}${random(4).toString('hex')}`
  }

  #freeAddress(): number {
    const taken = new Set([...this.containers.values()].map(({address}) => address))
    let address = 2
    while (taken.has(address)) address++
    return address
  }

  /** A machine that has been up for a while has used up many. */
  #nextPid(now: number): number {
    const hours = (now - this.persona.bootedAt(now)) / 3_600_000
    this.#pids += 1 + (this.#pids % 7)
    return 4000 + ((Math.floor(hours * this.persona.integer('pids per hour', 40, 400)) + this.#pids * 31) % 4_000_000)
  }
}
