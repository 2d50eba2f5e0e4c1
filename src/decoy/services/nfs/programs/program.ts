/** A program of RPC: what it answers to its procedures. */
import type {ServiceEvent} from '../../../../events/event.ts'
import {printable, sample} from '../../../sample.ts'
import type {Connection} from '../../../service.ts'
import {type Call, readCall, reply, STATUS} from '../wire/rpc.ts'
import {uint, XdrError} from '../wire/xdr.ts'

export interface Answer {
  /** Null: it is not answered at all. */
  readonly results: Buffer | null
  readonly events: readonly ServiceEvent[]
  /** Other than success. */
  readonly status?: number
}

export interface Program {
  readonly number: number
  readonly versions: readonly [lowest: number, highest: number]
  /** Null: there is no such procedure. Throws XdrError for arguments that are none. */
  perform(call: Call, connection: Connection): Answer | null
}

export interface Outcome {
  /** Null: silence. */
  readonly reply: Buffer | null
  readonly events: readonly ServiceEvent[]
  /** What was read was no call: over TCP the connection ends. */
  readonly broken: boolean
}

const SAMPLE_BYTES = 256
const NULL_PROCEDURE = 0

export function answerCall(program: Program, message: Buffer, connection: Connection): Outcome {
  const read = readCall(message)
  if (read === null) return {reply: null, events: [malformed('call', message)], broken: true}
  if ('refusal' in read) return {reply: read.refusal, events: [malformed('credential', message)], broken: false}
  const {call} = read
  const [lowest, highest] = program.versions
  if (call.program !== program.number) return refused(call, STATUS.noProgram)
  if (call.version < lowest || call.version > highest) {
    return refused(call, STATUS.mismatch, uint(lowest, highest))
  }
  if (call.procedure === NULL_PROCEDURE) return {reply: reply(call, STATUS.success), events: [], broken: false}
  try {
    const answer = program.perform(call, connection)
    if (answer === null) return refused(call, STATUS.noProcedure)
    const {results, events, status = STATUS.success} = answer
    return {reply: results === null ? null : reply(call, status, results), events, broken: false}
  } catch (error) {
    if (!(error instanceof XdrError)) throw error
    return {reply: reply(call, STATUS.garbage), events: [malformed('arguments', message)], broken: false}
  }
}

function refused(call: Call, status: number, results?: Buffer): Outcome {
  const {program, version, procedure} = call
  const event: ServiceEvent = {event: 'probe', data: {program, version, procedure, status}}
  return {reply: reply(call, status, results), events: [event], broken: false}
}

export const malformed = (reason: string, bytes: Buffer): ServiceEvent => ({
  event: 'malformed',
  data: {reason, input: sample(bytes, SAMPLE_BYTES)},
})

/** Who asks, for evidence. */
export function caller({credential}: Call): Record<string, unknown> {
  if (credential === null) return {}
  return {uid: credential.uid, gid: credential.gid, machine: shown(credential.machine)}
}

export const shown = (text: string): string => printable(Buffer.from(text, 'latin1').subarray(0, 255))
