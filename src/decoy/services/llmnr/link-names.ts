/** LLMNR (RFC 4795): one question a message, about one's own name; everybody else is silent. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CodecError} from '../../codecs/codec-error.ts'
import {CLASS, FLAG, typeName} from '../../codecs/dns/constants.ts'
import {type Message, type Question, readMessage} from '../../codecs/dns/message.ts'
import {nameKey, nameText} from '../../codecs/dns/name.ts'
import type {Resource} from '../../codecs/dns/records.ts'
import {writeMessage} from '../../codecs/dns/writer.ts'
import {sample} from '../../sample.ts'
import type {Connection, LinkGroup, UdpHandler} from '../../service.ts'
import {linkRecords, matching, type OwnNames} from './own-names.ts'
import type {Trap} from './trap.ts'

export interface LinkNamesFacts {
  readonly own: OwnNames
  readonly group: LinkGroup
  /** Windows writes the name of an answer in full. */
  readonly compress: boolean
  readonly trap: Trap
}

type Outcome = ReturnType<UdpHandler['datagram']>

const NOTHING: Outcome = {replies: [], events: []}

export function linkNames({own, group, compress, trap}: LinkNamesFacts): UdpHandler {
  const records = linkRecords(own)
  return {
    group,
    datagram(bytes, connection) {
      try {
        const message = readMessage(bytes)
        if (message.response) return {replies: [], events: answered(trap, bytes, connection)}
        return answer(message, questionOf(message), records, compress)
      } catch (error) {
        if (!(error instanceof CodecError)) throw error
        return {replies: [], events: [malformed('llmnr', error.message, bytes, connection)]}
      }
    },
  }
}

/** What is no query of LLMNR is dropped (§2.1.1). */
function questionOf({opcode, questions, answers, authorities}: Message): Question {
  const [question, second] = questions
  if (opcode !== 0 || question === undefined || second !== undefined) throw new CodecError('not one question')
  if (answers.length > 0 || authorities.length > 0) throw new CodecError('a question with answers')
  return question
}

/** To a name of ours there is always an answer, if only that there is nothing of that type (§2.3). */
function answer({id}: Message, question: Question, records: readonly Resource[], compress: boolean): Outcome {
  const ours = records.some(({name}) => nameKey(name) === nameKey(question.name))
  // What is asked of others goes by on every link of Windows machines all day.
  if (!ours || question.class !== CLASS.IN) return NOTHING
  const answers = matching(records, (record) => record, question).map((record) => ({...record, name: question.name}))
  const reply = writeMessage({id, flags: FLAG.RESPONSE, questions: [question], answers}, {compress})
  return {replies: [reply], events: [queryEvent('llmnr', question)]}
}

function answered(trap: Trap, bytes: Buffer, connection: Connection): readonly ServiceEvent[] {
  const accused = trap.judge('llmnr', bytes, connection)
  if (accused.length > 0) return accused
  return [{event: 'probe', data: {protocol: 'llmnr', what: 'unasked response', input: sample(bytes, 512)}}]
}

export function queryEvent(protocol: string, {name, type}: Question): ServiceEvent {
  return {event: 'query', data: {protocol, name: nameText(name), type: typeName(type)}}
}

export function malformed(protocol: string, problem: string, bytes: Buffer, {limits}: Connection): ServiceEvent {
  return {event: 'malformed', data: {protocol, problem, input: sample(bytes, Math.min(limits.sample, 512))}}
}
