import {plantOf} from '../../industrial/plant.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {FUNCTION} from './codes.ts'
import {stationOf} from './device.ts'
import {ModbusSession} from './session.ts'

/** Reads the first holding register of unit 1; whether it is there or not, an answer to that transaction comes. */
const SELF_TEST: SelfTest = {
  send: Buffer.from([0x13, 0x37, 0, 0, 0, 6, 1, FUNCTION.readHoldingRegisters, 0, 0, 0, 1]),
  accepts: (reply) => reply.length >= 9 && reply.readUInt16BE(0) === 0x1337 && (reply.readUInt8(7) & 0x7f) === 3,
}

export const createService: CreateService = (persona, options): Service => {
  const station = stationOf(persona, typeof options.product === 'string' ? options.product : null)
  const server = {station, plant: plantOf(persona)}
  return {
    tcp: () => ({kind: 'protocol', session: (connection) => new ModbusSession(server, connection)}),
    selfTest: () => SELF_TEST,
  }
}
