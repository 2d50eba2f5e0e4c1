/**
 * Tokens of a reply (MS-TDS 2.2.7), little-endian:
 *
 *   ERROR, INFO = 0xaa / 0xab length:u16 number:u32 state:u8 class:u8 text:us server:b procedure:b line
 *   ENVCHANGE   = 0xe3 length:u16 type:u8 new:b old:b
 *   LOGINACK    = 0xad length:u16 interface:u8 version:u32be program:b major:u8 minor:u8 build:u16be
 *   DONE        = 0xfd / 0xfe (of a procedure) / 0xff (within one) status:u16 command:u16 rows
 *   us = characters:u16 UTF-16; b = characters:u8 UTF-16; line = u16 before 7.2, u32 since; rows = u32 before, u64 since
 */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {TDS_7_1, TDS_7_2, TDS_7_4} from './constants.ts'

/** SQL_Latin1_General_CP1_CI_AS. */
export const COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34])

export interface SqlMessage {
  readonly number: number
  readonly state: number
  /** Severity: 11 and more are errors. */
  readonly severity: number
  readonly text: string
  readonly line?: number
  readonly procedure?: string
}

const MAX_TEXT = 2047
const shortText = (text: string): Buffer => prefixed(1, text.slice(0, 0xff))

function prefixed(width: 1 | 2, text: string): Buffer {
  const size = Buffer.alloc(width)
  size.writeUIntLE(text.length, 0, width)
  return Buffer.concat([size, Buffer.from(text, 'utf16le')])
}

function token(code: number, body: Buffer): Buffer {
  return new LittleEndianWriter().u8(code).u16(body.length).bytes(body).done()
}

export const ENV = {DATABASE: 1, LANGUAGE: 2, PACKET_SIZE: 4, COLLATION: 7, BEGIN: 8, COMMIT: 9, ROLLBACK: 10} as const
const NEWEST_ENV_OF_7_0 = 4

/** Writes tokens as one version of the protocol has them. */
export class TokenWriter {
  /** What the server agreed to: never more than the client asked for. */
  readonly version: number
  readonly #server: string

  constructor(version: number, server: string) {
    this.version = Math.min(version, TDS_7_4)
    this.#server = server
  }

  /** Since 7.2 numbers are wider. */
  get wide(): boolean {
    return this.version >= TDS_7_2
  }

  get collated(): boolean {
    return this.version >= TDS_7_1
  }

  message({number, state, severity, text, line = 1, procedure = ''}: SqlMessage): Buffer {
    const body = new LittleEndianWriter()
      .u32(number)
      .u8(state)
      .u8(severity)
      .bytes(prefixed(2, text.slice(0, MAX_TEXT)))
      .bytes(shortText(this.#server))
      .bytes(shortText(procedure))
    return token(severity > 10 ? 0xaa : 0xab, (this.wide ? body.u32(line) : body.u16(line)).done())
  }

  environment(type: number, now: string, before: string): Buffer {
    return token(0xe3, Buffer.concat([Buffer.from([type]), shortText(now), shortText(before)]))
  }

  /** Of what is octets, not text. */
  environmentOctets(type: number, now: Buffer, before: Buffer): Buffer {
    if (!this.wide && type > NEWEST_ENV_OF_7_0 && !this.collated) return Buffer.alloc(0)
    const sized = (value: Buffer) => Buffer.concat([Buffer.from([value.length]), value])
    return token(0xe3, Buffer.concat([Buffer.from([type]), sized(now), sized(before)]))
  }

  loginAck({major, build}: {readonly major: number; readonly build: number}): Buffer {
    const version = Buffer.alloc(4)
    version.writeUInt32BE(this.version)
    return token(
      0xad,
      Buffer.concat([
        Buffer.from([1]),
        version,
        shortText('Microsoft SQL Server\0\0'),
        Buffer.from([major, 0, build >> 8, build & 0xff]),
      ]),
    )
  }

  sspi(blob: Buffer): Buffer {
    return token(0xed, blob)
  }

  done(status: number, command = 0, rows = 0): Buffer {
    return this.#end(0xfd, status, command, rows)
  }

  doneInProcedure(status: number, command = 0, rows = 0): Buffer {
    return this.#end(0xff, status, command, rows)
  }

  doneProcedure(status: number): Buffer {
    return this.#end(0xfe, status, 0, 0)
  }

  returnStatus(value: number): Buffer {
    return new LittleEndianWriter().u8(0x79).u32(value).done()
  }

  /** An output parameter that is an integer: the handle of a prepared statement. */
  returnHandle(ordinal: number, value: number): Buffer {
    const writer = new LittleEndianWriter().u8(0xac).u16(ordinal).bytes(shortText('')).u8(1)
    const typed = this.wide ? writer.u32(0) : writer.u16(0)
    return typed.u16(0).u8(0x26).u8(4).u8(4).u32(value).done()
  }

  #end(code: number, status: number, command: number, rows: number): Buffer {
    const writer = new LittleEndianWriter().u8(code).u16(status, command)
    return (this.wide ? writer.u64(BigInt(rows)) : writer.u32(rows)).done()
  }
}
