/** Asks the link for names that nobody has, as a machine does whose user mistyped one, and knows who answers. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {CLASS, TYPE} from '../../codecs/dns/constants.ts'
import {type Message, readMessage} from '../../codecs/dns/message.ts'
import {nameKey} from '../../codecs/dns/name.ts'
import {writeMessage} from '../../codecs/dns/writer.ts'
import type {Persona} from '../../persona.ts'
import {sample} from '../../sample.ts'
import type {Beacon, Beacons, Connection} from '../../service.ts'
import {MDNS_PORT} from './definition.ts'
import {LLMNR_GROUP, MDNS_GROUP} from './groups.ts'
import {type Claim, netbiosClaim, netbiosQuestion} from './netbios-question.ts'

type Protocol = 'llmnr' | 'mdns' | 'nbns'

export interface TrapFacts {
  readonly persona: Persona
  readonly names: readonly string[]
  /** Seconds between two names, on average. */
  readonly interval: number
  readonly protocols: readonly Protocol[]
  /** Hops that questions by LLMNR may make. */
  readonly ttl: number
}

const NBNS_PORT = 137
/**
 * When it asks by which protocol, in milliseconds from the first: Windows asks twice by LLMNR (RFC 4795 §7, LLMNR_TIMEOUT)
 * and three times by broadcast (RFC 1002 §6, BCAST_REQ_RETRY).
 */
const SCHEDULE: readonly (readonly [ms: number, protocols: readonly Protocol[]])[] = [
  [0, ['llmnr', 'mdns', 'nbns']],
  [410, ['llmnr']],
  [750, ['nbns']],
  [1000, ['mdns']],
  [1500, ['nbns']],
]
/** An answer so long after the first question is still one to it. */
const ANSWERABLE_MS = 60_000
/** Whoever answers from many forged addresses is told of that often and no more. */
const MAX_ANSWERED = 256
/** Octets that are kept of an answer. */
const KEPT = 512

/** One name that was asked for. */
interface Round {
  readonly name: string
  readonly begun: number
  readonly ids: {readonly llmnr: number; readonly nbns: number}
  /** Who has answered, by protocol and address: each is told of once. */
  readonly answered: Set<string>
  readonly silent: Set<Protocol>
}

export class Trap implements Beacons {
  readonly #facts: TrapFacts
  /** Those that may still be answered, the latest last. */
  #rounds: readonly Round[] = []
  /** The next place in the schedule; at its end a round begins. */
  #step = SCHEDULE.length
  #started = false

  constructor(facts: TrapFacts) {
    this.#facts = facts
  }

  next(now: number): {beacons: readonly Beacon[]; waitMs: number} {
    if (!this.#started) {
      this.#started = true
      return {beacons: [], waitMs: this.#pause('first', now)}
    }
    if (this.#step >= SCHEDULE.length) this.#begin(now)
    const round = this.#rounds.at(-1)
    const [at, protocols] = SCHEDULE[this.#step++] ?? [0, []]
    const following = SCHEDULE[this.#step]
    const beacons = round === undefined ? [] : this.#questions(round, protocols)
    return {beacons, waitMs: following === undefined ? this.#pause('between', now) : following[0] - at}
  }

  heard(bytes: Buffer, connection: Connection): readonly ServiceEvent[] {
    const claim = netbiosClaim(bytes)
    if (claim === null) return this.judge('llmnr', bytes, connection)
    return this.#accuse('nbns', claim, bytes, connection)
  }

  /** An answer by LLMNR or mDNS, wherever it was sent to. */
  judge(protocol: 'llmnr' | 'mdns', bytes: Buffer, connection: Connection): readonly ServiceEvent[] {
    return claimsOf(bytes).flatMap((claim) => this.#accuse(protocol, claim, bytes, connection))
  }

  #accuse(protocol: Protocol, {name, address}: Claim, bytes: Buffer, {peer, now}: Connection): readonly ServiceEvent[] {
    const round = this.#rounds.findLast((each) => each.name === name && now() - each.begun < ANSWERABLE_MS)
    if (round === undefined) return []
    // Who asked and was answered asks no more.
    round.silent.add(protocol)
    const key = `${protocol} ${peer.ip}`
    if (round.answered.has(key) || round.answered.size >= MAX_ANSWERED) return []
    round.answered.add(key)
    const afterMs = now() - round.begun
    const data = {protocol, name, ...(address === null ? {} : {address}), afterMs, input: sample(bytes, KEPT)}
    return [{event: 'poisoner', data}]
  }

  #begin(now: number): void {
    const {persona, names} = this.#facts
    const chance = persona.bytes(`trap ${now}`, 6)
    const name = names[chance.readUInt16BE(0) % names.length] ?? ''
    const ids = {llmnr: chance.readUInt16BE(2), nbns: chance.readUInt16BE(4)}
    const round = {name: name.toLowerCase(), begun: now, ids, answered: new Set<string>(), silent: new Set<Protocol>()}
    this.#rounds = [...this.#rounds.filter(({begun}) => now - begun < ANSWERABLE_MS), round]
    this.#step = 0
  }

  /** Irregular, lest the intervals tell what asks; the first comes sooner, for a machine was just started. */
  #pause(kind: 'first' | 'between', now: number): number {
    const ms = this.#facts.interval * 1000
    const [least, most] = kind === 'first' ? [0.1, 0.6] : [0.5, 1.5]
    return this.#facts.persona.integer(`pause ${now}`, Math.round(least * ms), Math.round(most * ms))
  }

  #questions(round: Round, protocols: readonly Protocol[]): Beacon[] {
    const spoken = protocols.filter((each) => this.#facts.protocols.includes(each) && !round.silent.has(each))
    return spoken.map((protocol) => this.#question(round, protocol))
  }

  #question({name, ids, begun}: Round, protocol: Protocol): Beacon {
    if (protocol === 'nbns') {
      return {bytes: netbiosQuestion(ids.nbns, name), to: {broadcast: NBNS_PORT}, from: `nbns ${begun}`}
    }
    if (protocol === 'mdns') return {bytes: question(0, [name, 'local']), to: MDNS_GROUP, from: MDNS_PORT}
    const to = {...LLMNR_GROUP, ttl: this.#facts.ttl}
    return {bytes: question(ids.llmnr, [name]), to, from: `llmnr ${begun}`}
  }
}

const question = (id: number, name: readonly string[]): Buffer =>
  writeMessage({id, flags: 0, questions: [{name, type: TYPE.A, class: CLASS.IN}]})

/** Who says of which names that it has them; without `.local`. */
function claimsOf(bytes: Buffer): Claim[] {
  const message = parsed(bytes)
  if (message?.response !== true) return []
  return message.answers.map(({name, type, data}) => ({
    name: nameKey(name).replace(/\.local$/, ''),
    address: type === TYPE.A && data.length === 4 ? data.join('.') : null,
  }))
}

function parsed(bytes: Buffer): Message | null {
  try {
    return readMessage(bytes)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return null
  }
}
