/** What all connections of a decky share: who is connected, what is subscribed to, what is kept. */
import type {Persona} from '../../persona.ts'
import {type DeviceSet, type DeviceTopic, deviceTopics, toldAt} from './devices.ts'
import {type Message, plainMessage} from './message.ts'
import {Retained} from './retained.ts'
import {SYS_INTERVAL, SysTree, type Traffic} from './sys-tree.ts'
import {before, type Filter, matches} from './topics.ts'

export interface Subscription {
  readonly filter: Filter
  readonly qos: number
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  readonly id: number | null
}

/** A connection that was let in. */
export interface Client {
  readonly clientId: string
  readonly subscriptions: ReadonlyMap<string, Subscription>
  /** `own`: the message is the client's. */
  deliver(message: Message, subscription: Subscription, retained: boolean): void
  /** Somebody else connected by the same name. */
  replaced(): void
}

/** Sessions that wait for their client, the one that left first is forgotten first. */
const MAX_KEPT_SESSIONS = 64

export class Broker {
  readonly persona: Persona
  readonly users: ReadonlyMap<string, Buffer>
  readonly anonymous: boolean
  readonly #devices: readonly DeviceTopic[]
  readonly #retained = new Retained()
  readonly #clients = new Map<string, Client>()
  readonly #kept = new Map<string, ReadonlyMap<string, Subscription>>()
  readonly #sys: SysTree
  #sysNews: {readonly tick: number; readonly messages: readonly Message[]} | null = null
  readonly #turns = new Map<string, number>()
  readonly #traffic = {received: 0, sent: 0, publishedIn: 0, publishedOut: 0, bytesIn: 0, bytesOut: 0}

  constructor(persona: Persona, facts: {users: ReadonlyMap<string, Buffer>; anonymous: boolean; devices: DeviceSet}) {
    this.persona = persona
    this.users = facts.users
    this.anonymous = facts.anonymous
    this.#devices = deviceTopics(persona, facts.devices)
    const perMinute = this.#devices.reduce((sum, {every}) => sum + 60 / every, 0)
    const things = this.#devices.length === 0 ? 0 : persona.integer('mqtt devices', 4, 14)
    this.#sys = new SysTree(persona, things, perMinute)
  }

  /** Lets a client in; the subscriptions that were kept for it, if it wants them. */
  join(client: Client, clean: boolean): ReadonlyMap<string, Subscription> | null {
    this.#clients.get(client.clientId)?.replaced()
    this.#clients.set(client.clientId, client)
    const kept = this.#kept.get(client.clientId) ?? null
    this.#kept.delete(client.clientId)
    return clean ? null : kept
  }

  leave(client: Client, keep: boolean): void {
    if (this.#clients.get(client.clientId) !== client) return
    this.#clients.delete(client.clientId)
    if (!keep) return
    this.#kept.set(client.clientId, new Map(client.subscriptions))
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT_SESSIONS && oldest !== undefined) this.#kept.delete(oldest)
  }

  /** Gives a message to all who want it; how many that are. */
  publish(message: Message, from: Client | null, now: number): number {
    if (message.retain) this.#retained.put(message, now)
    const parts = message.topic.split('/')
    const shared = new Map<string, [Client, Subscription][]>()
    let reached = 0
    for (const client of this.#clients.values()) {
      const chosen = choose(client, parts, client === from)
      for (const [group, subscription] of chosen.shared) {
        shared.set(group, [...(shared.get(group) ?? []), [client, subscription]])
      }
      if (chosen.own === null) continue
      client.deliver(message, chosen.own, false)
      reached++
    }
    for (const [group, members] of shared) {
      const turn = this.#turns.get(group) ?? 0
      this.#turns.set(group, turn + 1)
      const [client, subscription] = members[turn % members.length] ?? []
      if (client !== undefined && subscription !== undefined) client.deliver(message, subscription, false)
      reached++
    }
    if (this.#turns.size > 1024) this.#turns.clear()
    return reached
  }

  /** By which of its subscriptions a client gets what a device tells on that topic; null: by none. */
  subscriptionOf(client: Client, parts: readonly string[]): Subscription | null {
    const {own, shared} = choose(client, parts, false)
    return own ?? shared[0]?.[1] ?? null
  }

  /** What is kept under a filter: first what the broker tells of itself, then devices, then what intruders left. */
  retainedFor(filter: Filter, now: number): Message[] {
    const second = Math.floor(now / 1000)
    this.#sysOf(second)
    const told = this.#devices
      .filter((device) => device.retain && !this.#retained.covers(device.topic, toldAt(device, second) * 1000))
      .map((device) => plainMessage(device.topic, device.value(toldAt(device, second)), true))
    const all = [...this.#sys.retained(second), ...told, ...this.#retained.all(now)]
    return all.filter(({topic}) => matches(filter.parts, topic.split('/')))
  }

  /** What devices and the broker itself told between two seconds, the later included. */
  told(after: number, until: number): Message[] {
    const messages: Message[] = []
    for (const device of this.#devices) {
      const at = toldAt(device, until)
      if (at <= after) continue
      messages.push(plainMessage(device.topic, device.value(at), false))
    }
    const begun = this.#sys.startedAt(until)
    if (Math.floor((until - begun) / SYS_INTERVAL) > Math.floor((after - begun) / SYS_INTERVAL)) {
      messages.push(...this.#sysOf(until))
    }
    return messages
  }

  /** Every connection asks by itself, and the first of a tick must not take the answer away from the others. */
  #sysOf(second: number): readonly Message[] {
    const tick = Math.floor((second - this.#sys.startedAt(second)) / SYS_INTERVAL)
    const known = this.#sysNews
    if (known?.tick === tick) return known.messages
    const changed = this.#sys.update(second, this.#counted(second * 1000))
    const messages = changed.map((message) => ({...message, retain: false}))
    this.#sysNews = {tick, messages}
    return messages
  }

  count(what: keyof Broker['counts'], amount = 1): void {
    this.#traffic[what] += amount
  }

  get counts(): Readonly<Omit<Traffic, 'clients' | 'subscriptions' | 'retained'>> {
    return this.#traffic
  }

  #counted(now: number): Traffic {
    let subscriptions = 0
    for (const client of this.#clients.values()) subscriptions += client.subscriptions.size
    const retained = this.#retained.all(now).length + this.#devices.filter(({retain}) => retain).length
    return {...this.#traffic, clients: this.#clients.size, subscriptions, retained}
  }
}

interface Chosen {
  readonly own: Subscription | null
  readonly shared: readonly (readonly [group: string, Subscription])[]
}

/** Of subscriptions that overlap the first counts: a client gets a message once. */
function choose(client: Client, parts: readonly string[], own: boolean): Chosen {
  let best: Subscription | null = null
  const shared: [string, Subscription][] = []
  for (const subscription of client.subscriptions.values()) {
    const {filter, noLocal} = subscription
    if ((own && noLocal) || !matches(filter.parts, parts)) continue
    if (filter.group !== null) shared.push([`${filter.group}/${filter.parts.join('/')}`, subscription])
    else if (best === null || before(filter.parts, best.filter.parts)) best = subscription
  }
  return {own: best, shared}
}
