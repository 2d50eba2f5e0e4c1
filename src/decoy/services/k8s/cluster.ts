/** The objects that a caller sees: those of the cluster, and those that intruders made. */
import type {Persona} from '../../persona.ts'
import {clusterFacts, suffix, timestamp, uuid} from './facts.ts'
import {type Json, ObjectMaker, type Stored} from './objects.ts'
import type {Release} from './releases.ts'
import type {ResourceTarget} from './target.ts'

/** Of what intruders make, the oldest is forgotten first. */
const MOST_MADE = 32
const MOST_BYTES = 8192

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {}
export const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export class Cluster {
  readonly persona: Persona
  readonly release: Release
  readonly node: string
  readonly #own: readonly Stored[]
  #made: Stored[] = []
  /** Of the cluster's own objects; it forgets that after a while. */
  readonly #deleted = new Set<Stored>()
  #version: number

  constructor(persona: Persona, release: Release) {
    const facts = clusterFacts(persona)
    this.persona = persona
    this.release = release
    this.node = facts.nodes[1]?.name ?? persona.hostname.toLowerCase()
    this.#own = new ObjectMaker(facts, release).all()
    this.#version = persona.integer('k8s resource version', 2_000_000, 30_000_000)
  }

  /** etcd counts every change, and something changes every second. */
  version(now: number): string {
    return String(this.#version + Math.floor((now - Date.parse(this.persona.facts.since)) / 700))
  }

  select({group, resource, namespace, name}: ResourceTarget): readonly Stored[] {
    return [...this.#own, ...this.#made].filter(
      (stored) =>
        stored.group === group &&
        stored.resource === resource &&
        (namespace === '' || resource === 'namespaces' || stored.namespace === namespace) &&
        (name === '' || stored.name === name) &&
        !this.#deleted.has(stored),
    )
  }

  hasNamespace(name: string): boolean {
    return [...this.#own, ...this.#made].some((stored) => stored.resource === 'namespaces' && stored.name === name)
  }

  /** What was sent, completed as the server completes it. */
  create(target: ResourceTarget, sent: Json, {now, random}: {now: number; random: (size: number) => Buffer}): Stored {
    const name = nameOf(sent, random)
    const {namespace, group, resource} = target
    const {status: _, ...rest} = bounded(sent)
    this.#version++
    const made: Json = {
      ...rest,
      metadata: {
        ...object(rest.metadata),
        name,
        ...(namespace === '' || resource === 'namespaces' ? {} : {namespace}),
        uid: uuid(random(16)),
        resourceVersion: this.version(now),
        creationTimestamp: timestamp(now),
      },
      ...(resource === 'pods' ? pendingPod(object(rest.spec), this.node) : {}),
    }
    const {kind: _kind, apiVersion: _version, ...body} = made
    const stored: Stored = {
      group,
      resource,
      namespace: resource === 'namespaces' ? '' : namespace,
      name,
      bait: false,
      object: () => body,
    }
    this.#made = [...this.#made, stored].slice(-MOST_MADE)
    return stored
  }

  remove(stored: Stored): void {
    if (this.#made.includes(stored)) this.#made = this.#made.filter((each) => each !== stored)
    else this.#deleted.add(stored)
  }
}

export function nameOf(sent: Json, random: (size: number) => Buffer): string {
  const metadata = object(sent.metadata)
  const name = text(metadata.name).slice(0, 253)
  return name === '' ? `${text(metadata.generateName).slice(0, 240)}${suffix(random(5))}` : name
}

/** The scheduler is quick, the kubelet takes its time with an image. */
function pendingPod(spec: Json, node: string): Json {
  const containers = Array.isArray(spec.containers) ? spec.containers.map(object) : []
  const waiting = containers.slice(0, 16).map((container) => ({
    name: text(container.name),
    state: {waiting: {reason: 'ContainerCreating'}},
    lastState: {},
    ready: false,
    restartCount: 0,
    image: text(container.image),
    imageID: '',
    started: false,
  }))
  return {
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      nodeName: node,
      securityContext: {},
      schedulerName: 'default-scheduler',
      ...spec,
    },
    status: {phase: 'Pending', containerStatuses: waiting, qosClass: 'BestEffort'},
  }
}

/** Without what is too large to be kept. */
function bounded(sent: Json): Json {
  let left = MOST_BYTES
  return Object.fromEntries(
    Object.entries(sent).filter(([, value]) => {
      left -= JSON.stringify(value)?.length ?? 0
      return left >= 0
    }),
  )
}
