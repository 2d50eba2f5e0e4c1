/** What is recorded of a name server's messages. */
import type {ServiceEvent} from '../../../events/event.ts'
import {CLASS, className, opcodeName, rcodeName, TYPE, typeName} from '../../codecs/dns/constants.ts'
import type {Message, Question} from '../../codecs/dns/message.ts'
import {nameText} from '../../codecs/dns/name.ts'
import {sample} from '../../sample.ts'
import type {Connection} from '../../service.ts'

type Evident = Pick<Connection, 'limits'>

/** Octets that are kept of what is no query: whoever sends one sends many, and the header tells most. */
const ODD_SAMPLE = 128
/** Records of an update that are named. */
const UPDATED_RECORDS = 8
const UPDATE_SAMPLE = 512

function asked({name, type, class: questionClass}: Question): Record<string, string> {
  const other = questionClass === CLASS.IN ? {} : {class: className(questionClass)}
  return {name: nameText(name), type: typeName(type), ...other}
}

export function queryEvent(
  question: Question,
  {rcode}: {readonly rcode: number},
  {transport}: {readonly transport: string},
): ServiceEvent {
  return {event: 'query', data: {...asked(question), transport, answer: rcodeName(rcode)}}
}

/** A transfer gives the whole zone away: nobody but another name server has any use for it. */
export function transferEvent(
  question: Question,
  rcode: number,
  {transport}: {readonly transport: string},
): ServiceEvent {
  const granted = rcode === 0
  return {
    event: 'probe',
    data: {what: 'zone transfer', ...asked(question), transport, granted, answer: rcodeName(rcode)},
  }
}

export function updateEvent(
  {questions, authorities, additionals}: Message,
  bytes: Buffer,
  {limits}: Evident,
): ServiceEvent {
  const [zone] = questions
  const changes = authorities.slice(0, UPDATED_RECORDS).map(({name, type, class: recordClass}) => ({
    operation: recordClass === CLASS.IN ? 'add' : 'delete',
    name: nameText(name),
    type: typeName(type),
  }))
  const named = zone === undefined ? '.' : nameText(zone.name)
  return {
    event: 'request',
    data: {
      operation: 'update',
      zone: named,
      changes,
      signed: additionals.some(({type}) => type === TYPE.TSIG),
      input: sample(bytes, Math.min(limits.sample, UPDATE_SAMPLE)),
    },
  }
}

export function notifyEvent(question: Question): ServiceEvent {
  return {event: 'request', data: {operation: 'notify', ...asked(question)}}
}

export function oddOpcode(opcode: number, bytes: Buffer, {limits}: Evident): ServiceEvent {
  return {event: 'probe', data: {what: opcodeName(opcode), input: sample(bytes, Math.min(limits.sample, ODD_SAMPLE))}}
}

export function unasked(bytes: Buffer, {limits}: Evident): ServiceEvent {
  return {event: 'probe', data: {what: 'unasked response', input: sample(bytes, Math.min(limits.sample, ODD_SAMPLE))}}
}

export function malformed(problem: string, bytes: Buffer, {limits}: Evident): ServiceEvent {
  return {event: 'malformed', data: {problem, input: sample(bytes, Math.min(limits.sample, ODD_SAMPLE))}}
}
