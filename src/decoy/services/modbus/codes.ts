/** Function and exception codes (Modbus Application Protocol Specification V1.1b3, §5.1 and §7). */

export const FUNCTION = {
  readCoils: 1,
  readDiscreteInputs: 2,
  readHoldingRegisters: 3,
  readInputRegisters: 4,
  writeSingleCoil: 5,
  writeSingleRegister: 6,
  diagnostics: 8,
  writeMultipleCoils: 15,
  writeMultipleRegisters: 16,
  reportServerId: 17,
  maskWriteRegister: 22,
  readWriteRegisters: 23,
  encapsulated: 43,
} as const

export const FUNCTION_NAMES: ReadonlyMap<number, string> = new Map([
  [FUNCTION.readCoils, 'read-coils'],
  [FUNCTION.readDiscreteInputs, 'read-discrete-inputs'],
  [FUNCTION.readHoldingRegisters, 'read-holding-registers'],
  [FUNCTION.readInputRegisters, 'read-input-registers'],
  [FUNCTION.writeSingleCoil, 'write-single-coil'],
  [FUNCTION.writeSingleRegister, 'write-single-register'],
  [FUNCTION.diagnostics, 'diagnostics'],
  [FUNCTION.writeMultipleCoils, 'write-multiple-coils'],
  [FUNCTION.writeMultipleRegisters, 'write-multiple-registers'],
  [FUNCTION.reportServerId, 'report-server-id'],
  [FUNCTION.maskWriteRegister, 'mask-write-register'],
  [FUNCTION.readWriteRegisters, 'read-write-registers'],
  [FUNCTION.encapsulated, 'read-device-identification'],
])

export const EXCEPTION = {
  illegalFunction: 1,
  illegalAddress: 2,
  illegalValue: 3,
  deviceFailure: 4,
  gatewayTargetFailed: 11,
} as const

/** What a server answers in place of a reply. */
export class ModbusException extends Error {
  readonly code: number

  constructor(code: number) {
    super(`exception ${code}`)
    this.code = code
  }
}

export const illegalFunction = (): ModbusException => new ModbusException(EXCEPTION.illegalFunction)
export const illegalAddress = (): ModbusException => new ModbusException(EXCEPTION.illegalAddress)
export const illegalValue = (): ModbusException => new ModbusException(EXCEPTION.illegalValue)
