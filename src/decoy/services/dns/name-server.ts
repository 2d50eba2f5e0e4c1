/** What a name server says to one message, over whichever transport it came. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {CLASS, FLAG, OPCODE, RCODE, TYPE} from '../../codecs/dns/constants.ts'
import {
  type Edns,
  ednsOf,
  type Header,
  type Message,
  type Question,
  readHeader,
  readMessage,
} from '../../codecs/dns/message.ts'
import {opt, type Resource} from '../../codecs/dns/records.ts'
import {type Draft, writeMessage} from '../../codecs/dns/writer.ts'
import type {Connection} from '../../service.ts'
import {type Cookie, cookieFor, hasBrokenCookie} from './cookies.ts'
import {malformed, notifyEvent, oddOpcode, queryEvent, transferEvent, unasked, updateEvent} from './evidence.ts'
import {fitted, shortened} from './fit.ts'
import type {Answer, Product} from './products/product.ts'
import type {QueryWatch} from './watch.ts'
import {addressesFor, find, transferOf, type Zone, zoneOf} from './zone.ts'

export interface NameServerFacts {
  readonly product: Product
  readonly zones: readonly Zone[]
  /** Whether anybody may have a whole zone. */
  readonly transfer: boolean
  /** Secret to the decky: server cookies are made with it. */
  readonly cookieKey: Buffer
  readonly watch: QueryWatch
}

export interface Said {
  /** Null: nothing. */
  readonly reply: Buffer | null
  readonly events: readonly ServiceEvent[]
  /** The message had a cookie of ours in it. */
  readonly proven: boolean
}

type Transport = 'udp' | 'tcp'

/** A message on its way through the server. */
interface Asked {
  readonly message: Message
  readonly edns: Edns | null
  readonly cookie: Cookie | null
  readonly transport: Transport
  readonly connection: Connection
  readonly bytes: Buffer
}

const EMPTY = {authoritative: false, answers: [], authorities: [], additionals: []} as const
/** Bits of a question that its answer repeats. */
const ECHOED = FLAG.RECURSION_DESIRED | FLAG.CHECKING_DISABLED
/** EDE "Prohibited" (RFC 8914 §4.19), which BIND says where an access list refuses. */
const PROHIBITED = {code: 15, data: Buffer.from([0, 18])}

export class NameServer {
  readonly #facts: NameServerFacts

  constructor(facts: NameServerFacts) {
    this.#facts = facts
  }

  answer(bytes: Buffer, transport: Transport, connection: Connection): Said {
    const header = readHeader(bytes)
    if (header === null) return silence(malformed('shorter than a header', bytes, connection))
    if (header.response) return silence(unasked(bytes, connection))
    if (!this.#facts.product.opcodes.has(header.opcode)) {
      return {...silence(oddOpcode(header.opcode, bytes, connection)), reply: bare(header, RCODE.NOTIMP, 0)}
    }
    try {
      return this.#understood(readMessage(bytes), transport, connection, bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      const reply = bare(header, RCODE.FORMERR, header.flags & ECHOED)
      return {...silence(malformed(error.message, bytes, connection)), reply}
    }
  }

  #understood(message: Message, transport: Transport, connection: Connection, bytes: Buffer): Said {
    const [question, second] = message.questions
    if (question === undefined) throw new CodecError('no question')
    if (second !== undefined) throw new CodecError('more than one question')
    const edns = ednsOf(message)
    const cookie = this.#facts.product.cookies ? cookieFor(edns, this.#facts.cookieKey, connection) : null
    const asked: Asked = {message, edns, cookie, transport, connection, bytes}
    const {answer, event} = this.#decide(asked, question)
    const {rehearsal = false, peer, now} = connection
    const noticed = rehearsal ? [] : this.#facts.watch.see(question, peer.ip, now())
    return {reply: this.#written(asked, question, answer), events: [event, ...noticed], proven: cookie?.ours === true}
  }

  #decide(asked: Asked, question: Question): {answer: Answer; event: ServiceEvent} {
    const {message, edns, bytes, connection} = asked
    if (edns !== null && edns.version > 0) {
      const answer = {...EMPTY, rcode: RCODE.BADVERS}
      return {answer, event: queryEvent(question, answer, asked)}
    }
    if (edns !== null && this.#facts.product.cookies && hasBrokenCookie(edns)) {
      return {answer: {...EMPTY, rcode: RCODE.FORMERR}, event: malformed('a cookie of a wrong size', bytes, connection)}
    }
    if (message.opcode === OPCODE.UPDATE) {
      const rcode = this.#rcodeOfZone(question, RCODE.REFUSED)
      return {answer: {...EMPTY, rcode}, event: updateEvent(message, bytes, connection)}
    }
    if (message.opcode === OPCODE.NOTIFY) {
      const rcode = this.#rcodeOfZone(question, RCODE.NOERROR)
      const answer = {...EMPTY, authoritative: rcode === RCODE.NOERROR, rcode}
      return {answer, event: notifyEvent(question)}
    }
    if (question.type === TYPE.AXFR || question.type === TYPE.IXFR) return this.#transfer(asked, question)
    const answer = this.#lookUp(asked, question)
    return {answer, event: queryEvent(question, answer, asked)}
  }

  #rcodeOfZone({name, class: zoneClass}: Question, ours: number): number {
    const zone = zoneOf(this.#facts.zones, name, zoneClass)
    return zone !== null && zone.origin.length === name.length ? ours : RCODE.NOTAUTH
  }

  #transfer(asked: Asked, question: Question): {answer: Answer; event: ServiceEvent} {
    const rcode = this.#transferRcode(asked, question)
    const zone = zoneOf(this.#facts.zones, question.name, question.class)
    const granted = rcode === RCODE.NOERROR && zone !== null
    const answer: Answer = granted
      ? {...EMPTY, authoritative: true, rcode, answers: transferOf(zone), transfer: true}
      : {...EMPTY, rcode, prohibited: rcode === RCODE.REFUSED}
    return {answer, event: transferEvent(question, rcode, asked)}
  }

  #transferRcode({transport, message}: Asked, question: Question): number {
    // An incremental transfer says from where on (RFC 1995 §3).
    const complete = question.type === TYPE.AXFR || message.authorities.length > 0
    if (transport === 'udp') return RCODE.FORMERR
    const known = this.#rcodeOfZone(question, RCODE.NOERROR)
    if (known !== RCODE.NOERROR) return known
    if (!this.#facts.transfer) return RCODE.REFUSED
    return complete ? RCODE.NOERROR : RCODE.FORMERR
  }

  #lookUp({message, connection}: Asked, question: Question): Answer {
    const {product, zones} = this.#facts
    if (question.class === CLASS.ANY || question.class === CLASS.NONE) return {...EMPTY, rcode: RCODE.FORMERR}
    if (question.class === CLASS.CHAOS) {
      const zone = product.chaos(question.name, connection)
      return zone === null ? {...EMPTY, rcode: product.chaosRcode} : this.#search([zone], question, message)
    }
    return this.#search(zones, question, message)
  }

  #search(zones: readonly Zone[], question: Question, {flags}: Message): Answer {
    const {product} = this.#facts
    const found = find(zones, question)
    if (found === null) return {...EMPTY, rcode: RCODE.REFUSED}
    const {answers, outcome, zone} = found
    const rcode = outcome === 'no-name' ? RCODE.NXDOMAIN : RCODE.NOERROR
    if (outcome !== 'found') {
      return {...EMPTY, rcode, authoritative: true, answers, authorities: [negative(zone)]}
    }
    const asNs = zone.at(zone.origin, TYPE.NS)
    const known = answers.some(({type}) => type === TYPE.NS)
    const authorities =
      product.namesItself && (flags & FLAG.RECURSION_DESIRED) === 0 && !known && question.type !== TYPE.ANY ? asNs : []
    const hosts = question.type === TYPE.ANY ? [] : addressesFor(zones, [...answers, ...authorities])
    const additionals = hosts.filter((record) => !answers.includes(record))
    return {rcode, authoritative: true, answers, authorities, additionals}
  }

  #written(asked: Asked, question: Question, answer: Answer): Buffer {
    const {message, edns, transport, connection, bytes} = asked
    const {product} = this.#facts
    const pseudo = edns === null ? [] : [this.#opt(asked, answer, true)]
    const echoed = answer.transfer === true ? 0 : message.flags & ECHOED
    const flags = FLAG.RESPONSE | (message.opcode << 11) | (answer.authoritative ? FLAG.AUTHORITATIVE : 0) | echoed
    const draft: Draft = {
      id: message.id,
      flags: flags | (answer.rcode & 0x0f),
      questions: [question],
      answers: product.answersAsAsked ? answer.answers.map((record) => renamed(record, question)) : answer.answers,
      authorities: answer.authorities,
      additionals: answer.additionals,
    }
    if (transport === 'tcp') return writeMessage({...draft, additionals: [...answer.additionals, ...pseudo]})
    const whole = fitted(draft, pseudo, product.datagramSize(edns))
    if (connection.proven === true || asked.cookie?.ours === true || whole.length <= bytes.length) return whole
    return shortened(draft, edns === null ? [] : [this.#opt(asked, answer, false)], bytes.length)
  }

  #opt({edns, cookie}: Asked, answer: Answer, complete: boolean): Resource {
    const {product} = this.#facts
    const nsid = edns?.options.some(({code}) => code === 3) === true ? product.nsid : null
    const options = [
      ...(nsid === null ? [] : [{code: 3, data: Buffer.from(nsid, 'latin1')}]),
      ...(cookie === null ? [] : [{code: 10, data: cookie.reply}]),
      ...(answer.prohibited === true && product.explainsRefusals ? [PROHIBITED] : []),
    ]
    return opt({
      size: product.ednsSize,
      extendedRcode: answer.rcode >> 4,
      dnssecOk: edns?.dnssecOk === true,
      options: complete ? options : [],
    })
  }
}

const silence = (event: ServiceEvent): Said => ({reply: null, events: [event], proven: false})

/** Nothing but a header. */
function bare({id, opcode}: Header, rcode: number, flags: number): Buffer {
  return writeMessage({id, flags: FLAG.RESPONSE | (opcode << 11) | flags | rcode})
}

/** The SOA as it tells for how long there is nothing (RFC 2308 §3). */
function negative({soa}: Zone): Resource {
  const times = soa.data.at(-1)
  const minimum = Buffer.isBuffer(times) ? times.readUInt32BE(times.length - 4) : soa.ttl
  return {...soa, ttl: Math.min(soa.ttl, minimum)}
}

/** The owner in the letters of the question, where it is the same name. */
function renamed(record: Resource, {name}: Question): Resource {
  const same =
    record.name.length === name.length && record.name.join('.').toLowerCase() === name.join('.').toLowerCase()
  return same ? {...record, name} : record
}
