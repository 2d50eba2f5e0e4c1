/**
 * TFTP packets (RFC 1350 §5, options RFC 2347):
 *
 *     RRQ, WRQ  opcode=1|2  filename 0 mode 0 (option 0 value 0)*
 *     DATA      opcode=3  block:16  0..blksize octets
 *     ACK       opcode=4  block:16
 *     ERROR     opcode=5  code:16  message 0
 *     OACK      opcode=6  (option 0 value 0)*
 */
export const OPCODE = {RRQ: 1, WRQ: 2, DATA: 3, ACK: 4, ERROR: 5, OACK: 6} as const

/** RFC 1350 appendix, RFC 2347. tftpd-hpa says code 0 of most of what its system refuses. */
export const ERROR_CODE = {UNDEFINED: 0, NOT_FOUND: 1, DISK_FULL: 3, ILLEGAL: 4, OPTION: 8} as const

export interface TransferRequest {
  readonly operation: 'read' | 'write'
  /** Latin1: one character a byte. */
  readonly file: string
  readonly mode: string
  /** In order, names as written. */
  readonly options: readonly (readonly [name: string, value: string])[]
}

export type Packet =
  | {readonly type: 'request'; readonly request: TransferRequest}
  /** Asks for a transfer, and does not say of what or how. */
  | {readonly type: 'incomplete'}
  | {readonly type: 'data'; readonly block: number; readonly data: Buffer}
  | {readonly type: 'ack'; readonly block: number}
  | {readonly type: 'error'; readonly code: number; readonly message: string}
  /** Not TFTP, or not what a server is sent. */
  | {readonly type: 'other'}

/** More than any client sends. */
const MAX_OPTIONS = 16
const HEADER = 4

export function readPacket(bytes: Buffer): Packet {
  if (bytes.length < HEADER) return {type: 'other'}
  const opcode = bytes.readUInt16BE(0)
  const number = bytes.readUInt16BE(2)
  const rest = bytes.subarray(HEADER)
  switch (opcode) {
    case OPCODE.RRQ:
    case OPCODE.WRQ:
      return readRequest(opcode === OPCODE.RRQ ? 'read' : 'write', bytes.subarray(2))
    case OPCODE.DATA:
      return {type: 'data', block: number, data: rest}
    case OPCODE.ACK:
      return {type: 'ack', block: number}
    case OPCODE.ERROR:
      return {type: 'error', code: number, message: (rest.toString('latin1').split('\0')[0] ?? '').slice(0, 512)}
    default:
      return {type: 'other'}
  }
}

/** The last text may lack its NUL, as tftpd-hpa takes it. */
function readRequest(operation: TransferRequest['operation'], bytes: Buffer): Packet {
  const [file = '', mode = '', ...rest] = bytes.toString('latin1').split('\0', 2 + 2 * MAX_OPTIONS)
  if (file === '' || mode === '') return {type: 'incomplete'}
  const options: (readonly [string, string])[] = []
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const [name = '', value = ''] = rest.slice(at, at + 2)
    if (name !== '') options.push([name, value])
  }
  return {type: 'request', request: {operation, file, mode, options}}
}

export function data(block: number, content: Buffer): Buffer {
  return Buffer.concat([header(OPCODE.DATA, block), content])
}

export const ack = (block: number): Buffer => header(OPCODE.ACK, block)

export function error(code: number, message: string): Buffer {
  return Buffer.concat([header(OPCODE.ERROR, code), Buffer.from(`${message}\0`, 'latin1')])
}

export function optionAck(options: readonly (readonly [string, string])[]): Buffer {
  const text = options.map(([name, value]) => `${name}\0${value}\0`).join('')
  return Buffer.concat([Buffer.from([0, OPCODE.OACK]), Buffer.from(text, 'latin1')])
}

function header(opcode: number, number: number): Buffer {
  const bytes = Buffer.alloc(HEADER)
  bytes.writeUInt16BE(opcode, 0)
  bytes.writeUInt16BE(number & 0xffff, 2)
  return bytes
}
