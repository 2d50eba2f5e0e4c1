/** Lets a service speak first over UDP, to its own link and to nobody else, and hears what comes back. */
import {createSocket, type RemoteInfo, type Socket} from 'node:dgram'

import type {DeckyScope} from './decky-scope.ts'
import {boundedMessage} from './error-message.ts'
import {expectLinkGroup, speakOnLink} from './link-group.ts'
import {linksOf} from './own-links.ts'
import type {Beacon, Beacons} from './service.ts'

/** After its last datagram a conversation is heard for so long: clients give up long before. */
const HEARD_MS = 5000
/** Datagrams of one conversation that are looked at. */
const MAX_HEARD = 64
/** A service that asked for less would do nothing but speak. */
const LEAST_WAIT_MS = 100

export interface BeaconSite {
  /** Sends from a port of the service; does nothing while that is not bound. */
  readonly sendFrom: (port: number, bytes: Buffer, to: {readonly port: number; readonly address: string}) => void
  /** Calls once after so many milliseconds; returns what takes that back. */
  readonly after?: (ms: number, run: () => void) => () => void
}

const systemTimer: NonNullable<BeaconSite['after']> = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

export class BeaconKeeper {
  readonly #decky: DeckyScope
  readonly #service: string
  readonly #beacons: Beacons
  readonly #site: Required<BeaconSite>
  readonly #conversations = new Map<string, Conversation>()
  #stopTimer: () => void = () => {}
  #stopped = false

  constructor(decky: DeckyScope, service: string, beacons: Beacons, site: BeaconSite) {
    this.#decky = decky
    this.#service = service
    this.#beacons = beacons
    this.#site = {after: systemTimer, ...site}
  }

  /** Speaks until it is stopped. */
  start(): void {
    if (this.#stopped) return
    try {
      const {beacons, waitMs} = this.#beacons.next(this.#decky.now())
      for (const beacon of beacons) this.#send(beacon)
      this.#stopTimer = this.#site.after(Math.max(waitMs, LEAST_WAIT_MS), () => this.start())
    } catch (error) {
      this.#record({event: 'service.error', data: {stage: 'beacon', message: boundedMessage(error)}})
    }
  }

  stop(): void {
    this.#stopped = true
    this.#stopTimer()
    for (const conversation of this.#conversations.values()) conversation.close()
  }

  #send(beacon: Beacon): void {
    const to = destinationOf(beacon, this.#decky.bind)
    if (to === null) return
    if (typeof beacon.from === 'number') this.#site.sendFrom(beacon.from, beacon.bytes, to)
    else this.#conversation(beacon.from).send(beacon, to)
  }

  #conversation(name: string): Conversation {
    const known = this.#conversations.get(name)
    if (known !== undefined) return known
    const conversation = new Conversation(this.#decky, this.#site.after, {
      heard: (bytes, source, port) => this.#heard(bytes, source, port),
      closed: () => this.#conversations.delete(name),
    })
    this.#conversations.set(name, conversation)
    return conversation
  }

  #heard(bytes: Buffer, {address, port}: RemoteInfo, own: number): void {
    const {limits, now, random, bind} = this.#decky
    const [src, dst] = [
      {ip: address, port},
      {ip: bind, port: own},
    ]
    try {
      const events = this.#beacons.heard(bytes, {peer: src, local: dst, limits, now, random})
      for (const event of events) this.#record(event, {src, dst})
    } catch (error) {
      this.#record({event: 'service.error', data: {stage: 'beacon', message: boundedMessage(error)}}, {src, dst})
    }
  }

  #record(event: Parameters<DeckyScope['evidence']['record']>[1], ends = {}): void {
    this.#decky.evidence.record({decky: this.#decky.name, service: this.#service, ...ends}, event)
  }
}

/** Null: the decky is on no link that has such a place. */
function destinationOf({to}: Beacon, bind: string): {readonly port: number; readonly address: string} | null {
  if ('broadcast' in to) {
    const [link] = linksOf(bind)
    return link === undefined ? null : {port: to.broadcast, address: link.broadcast}
  }
  expectLinkGroup(to)
  return {port: to.port, address: to.address}
}

/** One port of the system's choice, open while something is said from it and for a while after. */
class Conversation {
  readonly #socket: Socket = createSocket('udp4')
  readonly #bound: Promise<void>
  readonly #bind: string
  readonly #after: NonNullable<BeaconSite['after']>
  readonly #closed: () => void
  #stopTimer: () => void = () => {}
  #heard = 0
  #over = false

  constructor(
    {bind}: DeckyScope,
    after: NonNullable<BeaconSite['after']>,
    on: {readonly heard: (bytes: Buffer, source: RemoteInfo, port: number) => void; readonly closed: () => void},
  ) {
    this.#bind = bind
    this.#after = after
    this.#closed = on.closed
    this.#socket.on('error', () => this.close())
    this.#socket.on('message', (bytes, source) => {
      if (++this.#heard <= MAX_HEARD) on.heard(bytes, source, this.#socket.address().port)
    })
    this.#bound = new Promise((resolve) => this.#socket.bind({address: bind, port: 0}, resolve))
  }

  send({bytes, to}: Beacon, {port, address}: {readonly port: number; readonly address: string}): void {
    this.#stopTimer()
    this.#stopTimer = this.#after(HEARD_MS, () => this.close())
    void this.#bound.then(() => {
      if (!this.#over && this.#prepares(to)) this.#socket.send(bytes, port, address, () => {})
    })
  }

  close(): void {
    if (this.#over) return
    this.#over = true
    this.#stopTimer()
    this.#closed()
    this.#socket.close()
  }

  /** A link that is down, or takes no multicast, is no error of ours: nothing is said there. */
  #prepares(to: Beacon['to']): boolean {
    try {
      if ('broadcast' in to) this.#socket.setBroadcast(true)
      else speakOnLink(this.#socket, to, this.#bind)
      return true
    } catch {
      return false
    }
  }
}
