/**
 * The `$SYS` topics of Mosquitto 2.0: counted every ten seconds, told when they changed, and kept for a minute, so that
 * what has not changed for longer is not there (the version is). The load of the devices is a function of time.
 */
import type {Persona} from '../../persona.ts'
import {type Message, plainMessage} from './message.ts'

export const BROKER_VERSION = '2.0.11'

export const SYS_INTERVAL = 10
const KEPT = 60
const MINUTE = 60

/** What intruders add to the traffic of the devices. */
export interface Traffic {
  readonly clients: number
  readonly subscriptions: number
  readonly retained: number
  readonly received: number
  readonly sent: number
  readonly publishedIn: number
  readonly publishedOut: number
  readonly bytesIn: number
  readonly bytesOut: number
}

interface Told {
  value: string
  /** Seconds since the epoch. */
  changedAt: number
}

const PREFIX = '$SYS/broker/'

export class SysTree {
  readonly #persona: Persona
  readonly #devices: number
  readonly #perMinute: number
  readonly #told = new Map<string, Told>()
  #tick: number | null = null

  /** `perMinute`: messages that the devices publish. */
  constructor(persona: Persona, devices: number, perMinute: number) {
    this.#persona = persona
    this.#devices = devices
    this.#perMinute = perMinute
  }

  startedAt(second: number): number {
    return Math.floor(this.#persona.bootedAt(second * 1000) / 1000) + this.#persona.integer('mqtt start', 5, 30)
  }

  /** What there is to tell in addition since it was last asked. */
  update(second: number, traffic: Traffic): Message[] {
    const tick = Math.floor((second - this.startedAt(second)) / SYS_INTERVAL)
    if (this.#tick === tick) return []
    const last = this.#tick
    if (last === null || tick - last > KEPT / SYS_INTERVAL || tick < last) this.#begin(tick, second, traffic)
    const changed = this.#count(tick, second, traffic)
    this.#tick = tick
    return changed.map((name) => plainMessage(`${PREFIX}${name}`, this.#told.get(name)?.value ?? '', true))
  }

  /** As it would be had somebody looked a minute ago. */
  #begin(tick: number, second: number, traffic: Traffic): void {
    this.#told.clear()
    for (let back = KEPT / SYS_INTERVAL; back > 0; back--)
      this.#count(tick - back, second - back * SYS_INTERVAL, traffic)
    for (const told of this.#told.values()) if (told.changedAt <= second - KEPT) told.changedAt = second - KEPT - 1
  }

  #count(tick: number, second: number, traffic: Traffic): string[] {
    const changed: string[] = []
    for (const [name, value] of this.#values(tick, traffic)) {
      const told = this.#told.get(name)
      if (told?.value === value) continue
      this.#told.set(name, {value, changedAt: second})
      changed.push(name)
    }
    return changed
  }

  retained(second: number): Message[] {
    const version = plainMessage(`${PREFIX}version`, `mosquitto version ${BROKER_VERSION}`, true)
    const fresh = [...this.#told].filter(([, {changedAt}]) => second - changedAt <= KEPT)
    return [version, ...fresh.map(([name, {value}]) => plainMessage(`${PREFIX}${name}`, value, true))]
  }

  #values(tick: number, traffic: Traffic): [name: string, value: string][] {
    const uptime = Math.max(0, tick) * SYS_INTERVAL
    const clients = this.#devices + traffic.clients
    const rate = this.#perMinute / MINUTE
    const published = Math.floor(uptime * rate)
    const text = (name: string, value: number): [string, string] => [name, String(value)]
    const pings = Math.floor((uptime / MINUTE) * this.#devices)
    const retained = traffic.retained + 44
    return [
      ['uptime', `${uptime} seconds`],
      text('clients/total', clients),
      text('clients/inactive', 0),
      text('clients/disconnected', 0),
      text('clients/active', clients),
      text('clients/connected', clients),
      text('clients/expired', 0),
      ...this.#loads(tick),
      text('messages/stored', retained - 3),
      text('messages/received', published + pings + traffic.received),
      text('messages/sent', 2 * published + pings + traffic.sent),
      text('store/messages/count', retained - 3),
      text('store/messages/bytes', 4 * retained + (tick % 7)),
      text('subscriptions/count', 2 + traffic.subscriptions),
      text('shared_subscriptions/count', 0),
      text('retained messages/count', retained),
      text('heap/current', 52_000 + 96 * retained + 416 * ((tick * 5) % 9)),
      text('heap/maximum', 61_000 + 96 * retained + 1024 * Math.min(9, Math.floor(uptime / 86_400))),
      text('publish/messages/dropped', 0),
      text('publish/messages/received', published + traffic.publishedIn),
      text('publish/messages/sent', 2 * published + traffic.publishedOut),
      text('publish/bytes/received', published * 6 + traffic.bytesIn),
      text('publish/bytes/sent', published * 12 + traffic.bytesOut),
      text('bytes/received', published * 38 + pings * 2 + traffic.bytesIn),
      text('bytes/sent', published * 74 + pings * 2 + traffic.bytesOut),
    ]
  }

  /** Averages of one, five and fifteen minutes, by kind as the broker tells them. */
  #loads(tick: number): [name: string, value: string][] {
    const perMinute = this.#perMinute
    const kinds: readonly (readonly [string, number])[] = [
      ['messages/received', perMinute + this.#devices],
      ['messages/sent', 2 * perMinute + this.#devices],
      ['publish/dropped', 0],
      ['publish/received', perMinute],
      ['publish/sent', 2 * perMinute],
      ['bytes/received', perMinute * 38],
      ['bytes/sent', perMinute * 74],
      ['sockets', 0.04],
      ['connections', 0.04],
    ]
    return kinds.flatMap(([name, average]) =>
      ([1, 5, 15] as const).map((minutes): [string, string] => {
        const drift = 1 + (0.03 / minutes) * Math.sin(tick / (2 * minutes) + name.length)
        return [`load/${name}/${minutes}min`, (average * drift).toFixed(2)]
      }),
    )
  }
}
