/** One connection to the decoy controller. */
import type {Plant} from '../../industrial/plant.ts'
import {sample} from '../../sample.ts'
import {type Action, CLOSE, type Connection, delay, type ProtocolSession, report, write} from '../../service.ts'
import {EXCEPTION, ModbusException} from './codes.ts'
import type {Device, Station} from './device.ts'
import {type Adu, encodeReply, FrameReader} from './frame.ts'
import {exceptionReply, perform, requestEvent} from './requests.ts'

export interface ModbusServer {
  readonly station: Station
  readonly plant: Plant
}

export class ModbusSession implements ProtocolSession {
  readonly #server: ModbusServer
  readonly #connection: Connection
  readonly #frames = new FrameReader()
  #messages = 0
  #over = false

  constructor(server: ModbusServer, connection: Connection) {
    this.#server = server
    this.#connection = connection
  }

  open(): Action[] {
    return []
  }

  feed(bytes: Buffer): Action[] {
    if (this.#over) return []
    const actions: Action[] = []
    this.#frames.push(bytes)
    for (let frame = this.#frames.next(); frame !== null && !this.#over; frame = this.#frames.next()) {
      if (frame.type === 'bad') this.#refuse(frame.adu, actions)
      else this.#answer(frame.adu, actions)
    }
    return actions
  }

  end(): Action[] {
    const rest = this.#frames.rest()
    const cut = rest.length > 0 && !this.#over
    return [...(cut ? [this.#malformed('cut short', rest)] : []), CLOSE]
  }

  #answer(adu: Adu, actions: Action[]): void {
    const {station, plant} = this.#server
    const device = station.device(adu.unit)
    if (device === null) {
      // A gateway finds out only by waiting that nobody is there.
      const outcome = new ModbusException(EXCEPTION.gatewayTargetFailed)
      actions.push(report(requestEvent(adu.unit, adu.pdu, outcome)), delay(station.patienceMs))
      actions.push(write(encodeReply(adu, exceptionReply(adu.pdu, outcome.code))))
    } else {
      const outcome = this.#perform(device, adu)
      actions.push(report(requestEvent(adu.unit, adu.pdu, outcome)))
      const silent = station.silentWhenStopped && !plant.running
      const pdu = 'pdu' in outcome ? outcome.pdu : exceptionReply(adu.pdu, outcome.code)
      if (!silent) actions.push(write(encodeReply(adu, pdu)))
    }
    if (++this.#messages >= this.#connection.limits.commands) this.#close(actions)
  }

  #perform(device: Device, {pdu}: Adu): ReturnType<typeof perform> | ModbusException {
    try {
      return perform({device, pdu, now: this.#connection.now(), messages: this.#messages})
    } catch (error) {
      if (error instanceof ModbusException) return error
      throw error
    }
  }

  /** The lengths of what is no Modbus are nonsense: the stack looks at the function and knows none of that number. */
  #refuse(adu: Adu, actions: Action[]): void {
    actions.push(this.#malformed('length', this.#frames.rest().subarray(0, 8)))
    actions.push(write(encodeReply(adu, exceptionReply(adu.pdu, EXCEPTION.illegalFunction))))
    this.#close(actions)
  }

  #malformed(reason: string, bytes: Buffer): Action {
    return report({event: 'malformed', data: {reason, input: sample(bytes, this.#connection.limits.sample)}})
  }

  #close(actions: Action[]): void {
    this.#over = true
    actions.push(CLOSE)
  }
}
