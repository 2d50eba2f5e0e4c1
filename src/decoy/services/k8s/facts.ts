/** The cluster that the machine is the control plane of: names, addresses, secrets. No two installs have the same. */
import {domainOf} from '../../persona/domain.ts'
import type {Persona} from '../../persona.ts'

const PROJECTS = ['billing', 'inventory', 'helpdesk', 'payroll', 'crm', 'warehouse', 'reports', 'booking']
const WORDS = ['Winter', 'Summer', 'Orion', 'Castle', 'Falcon', 'Harbor', 'Granite', 'Maple', 'Vector', 'Copper']
/** Letters that generated names are made of (apimachinery, `rand`): none of them makes a word. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'
const DAY_MS = 86_400_000

export interface ClusterFacts {
  readonly persona: Persona
  readonly project: string
  readonly registry: string
  /** Control plane first. */
  readonly nodes: readonly {readonly name: string; readonly ip: string}[]
  /** Milliseconds since the epoch: when kubeadm made it. */
  readonly born: number
  readonly database: {readonly user: string; readonly password: string}
  readonly token: string
}

export function clusterFacts(persona: Persona): ClusterFacts {
  const domain = domainOf(persona)?.dns ?? null
  const {ip} = persona.facts
  const own = persona.hostname.toLowerCase()
  const project = persona.pick('k8s project', PROJECTS)
  const pattern = persona.pick('k8s worker', ['worker', 'node', 'w'])
  const network = ip.split('.').slice(0, 3).join('.')
  const last = Number(ip.split('.')[3] ?? 10)
  const workers = [1, 2].map((index) => ({
    name: `${own.replace(/-?\d+$/, '')}-${pattern}${index}`,
    ip: `${network}.${((last + index * persona.integer('k8s step', 1, 9)) % 240) + 5}`,
  }))
  return {
    persona,
    project,
    registry: domain === null ? 'registry.local:5000' : `registry.${domain}`,
    nodes: [{name: own, ip}, ...workers],
    born: persona.installedAt + persona.integer('k8s born', 1, 20) * DAY_MS,
    database: {user: project, password: secretWord(persona, 'database')},
    token: persona.bytes('k8s registry token', 24).toString('base64url'),
  }
}

export const secretWord = (persona: Persona, purpose: string): string =>
  `${persona.pick(`k8s word ${purpose}`, WORDS)}${persona.integer(`k8s number ${purpose}`, 100, 9999)}!`

/** What the server puts behind a name. */
export const suffix = (bytes: Buffer): string => [...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join('')

export function uuid(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${'89ab'.charAt((bytes[8] ?? 0) & 3)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const stableId = ({persona}: ClusterFacts, purpose: string): string =>
  uuid(persona.bytes(`k8s uid ${purpose}`, 16))

/** Times of objects have no fraction. */
export const timestamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`
