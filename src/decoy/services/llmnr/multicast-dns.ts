/**
 * Multicast DNS (RFC 6762). A question comes from port 5353 and is answered to the group, unless it wants the answer for
 * itself (QU); or it comes from a plain resolver on another port, which gets an answer as from a name server (§6.7).
 */
import {CodecError} from '../../codecs/codec-error.ts'
import {CLASS, FLAG, TYPE} from '../../codecs/dns/constants.ts'
import {type Message, type Question, type ReadRecord, readMessage} from '../../codecs/dns/message.ts'
import {nameKey} from '../../codecs/dns/name.ts'
import {plainData, type Resource} from '../../codecs/dns/records.ts'
import {writeMessage} from '../../codecs/dns/writer.ts'
import type {UdpHandler} from '../../service.ts'
import {MDNS_PORT} from './definition.ts'
import {MDNS_GROUP} from './groups.ts'
import {malformed, queryEvent} from './link-names.ts'
import {localRecords, matching, type OwnNames} from './own-names.ts'
import type {Trap} from './trap.ts'

type Local = ReturnType<typeof localRecords>[number]
type Outcome = ReturnType<UdpHandler['datagram']>

/** In a question: answer me alone (§5.4). In an answer: forget what others said of this name (§10.2). */
const TOP_BIT = 0x8000
/** What a plain resolver may keep for so many seconds (§6.7). */
const LEGACY_TTL = 10
/** The same is said to all at most once in a second (§6). */
const REPEAT_MS = 1000
/** Different things that are said to all in that second. */
const MAX_SAID = 64
/** Of a message with many questions. */
const MAX_QUESTIONS = 32

const NOTHING: Outcome = {replies: [], events: []}

export class MulticastDns implements UdpHandler {
  readonly group = MDNS_GROUP
  readonly #records: readonly Local[]
  readonly #trap: Trap
  /** When what was said to the group, by question. */
  readonly #said = new Map<string, number>()

  constructor(own: OwnNames, trap: Trap) {
    this.#records = localRecords(own)
    this.#trap = trap
  }

  datagram: UdpHandler['datagram'] = (bytes, connection) => {
    try {
      const message = readMessage(bytes)
      // All devices of the link tell of themselves without being asked.
      if (message.response) return {replies: [], events: this.#trap.judge('mdns', bytes, connection)}
      return this.#answer(message, connection.peer.port === MDNS_PORT, connection.now())
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      return {replies: [], events: [malformed('mdns', error.message, bytes, connection)]}
    }
  }

  #answer(message: Message, fromPeer: boolean, now: number): Outcome {
    if (message.opcode !== 0) return NOTHING
    const asked = message.questions
      .slice(0, MAX_QUESTIONS)
      .map((question) => ({question, found: this.#find(question)}))
      .filter(({found}) => found.length > 0)
    if (asked.length === 0) return NOTHING
    const events = asked.map(({question}) => queryEvent('mdns', question))
    const questions = asked.map(({question}) => question)
    const found = unique(asked.flatMap((each) => each.found))
    if (!fromPeer) return {replies: [legacy(message, questions, found)], events}
    const news = found.filter(({record}) => !message.answers.some((known) => isKnown(known, record)))
    if (news.length === 0) return {replies: [], events}
    const reply = written(news)
    const alone = questions.every((question) => (question.class & TOP_BIT) !== 0)
    if (alone) return {replies: [reply], events}
    return {replies: [], events, toGroup: this.#repeats(questions, now) ? [] : [reply]}
  }

  /** What there is of it, and what the asker will want to know next (RFC 6763 §12). */
  #find(question: Question): Local[] {
    if ((question.class & ~TOP_BIT) !== CLASS.IN && (question.class & ~TOP_BIT) !== CLASS.ANY) return []
    const found = matching(this.#records, ({record}) => record, question)
    const following = found.flatMap(({record}) => this.#behind(record))
    return unique([...found, ...following])
  }

  #behind({type, data}: Resource): Local[] {
    const target = data.find((part) => !Buffer.isBuffer(part))
    if (target === undefined || Buffer.isBuffer(target)) return []
    const types: readonly number[] = type === TYPE.SRV ? [TYPE.A] : type === TYPE.PTR ? [TYPE.TXT, TYPE.SRV] : []
    const next = types.flatMap((each) => matching(this.#records, ({record}) => record, {name: target.name, type: each}))
    return [...next, ...next.flatMap(({record}) => this.#behind(record))]
  }

  #repeats(questions: readonly Question[], now: number): boolean {
    const key = questions.map(({name, type}) => `${nameKey(name)} ${type}`).join(' ')
    const last = this.#said.get(key)
    if (last !== undefined && now - last < REPEAT_MS) return true
    for (const [old, at] of this.#said) if (now - at >= REPEAT_MS) this.#said.delete(old)
    if (this.#said.size >= MAX_SAID) return true
    this.#said.set(key, now)
    return false
  }
}

function legacy({id}: Message, questions: readonly Question[], found: readonly Local[]): Buffer {
  const answers = found.map(({record}) => ({...record, ttl: LEGACY_TTL}))
  return writeMessage({id, flags: FLAG.RESPONSE | FLAG.AUTHORITATIVE, questions, answers})
}

function written(found: readonly Local[]): Buffer {
  const answers = found.map(({record, shared}) => (shared ? record : {...record, class: CLASS.IN | TOP_BIT}))
  return writeMessage({id: 0, flags: FLAG.RESPONSE | FLAG.AUTHORITATIVE, answers})
}

/** The asker has it, and will for half of its life (§7.1). */
function isKnown(known: ReadRecord, record: Resource): boolean {
  const same = known.type === record.type && nameKey(known.name) === nameKey(record.name)
  // Names in the asker's data may be pointers: of one name and type there is but one record that has names in it.
  const plain = record.data.every((part) => Buffer.isBuffer(part))
  return same && known.ttl >= record.ttl / 2 && (!plain || known.data.equals(plainData(record)))
}

const unique = (list: readonly Local[]): Local[] => [...new Set(list)]
