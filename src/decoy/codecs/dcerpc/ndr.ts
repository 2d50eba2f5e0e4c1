/** NDR, the transfer syntax of DCE/RPC (C706 chapter 14), as far as MS-RPC interfaces need it. */
import {CodecError} from '../codec-error.ts'
import {LittleEndianReader, LittleEndianWriter} from '../little-endian.ts'
import {rpcSid} from './sid.ts'

/** Longest string that is read, in characters. */
const MAX_STRING = 4096
const FIRST_REFERENT = 0x0002_0000

/** Results of calls; pointers are numbered as Windows does. */
export class NdrWriter extends LittleEndianWriter {
  #referent = FIRST_REFERENT

  /** A referent that is not null; what it points to is written where NDR puts it, by the caller. */
  pointer(): this {
    this.align(4).u32(this.#referent)
    this.#referent += 4
    return this
  }

  nothing(): this {
    return this.align(4).u32(0)
  }

  /** [string] wchar_t: conformant and varying, with its zero. */
  string(text: string): this {
    const count = text.length + 1
    return this.align(4).u32(count, 0, count).text(text).u16(0).align(4)
  }

  /** RPC_UNICODE_STRING (MS-DTYP §2.3.10): what points to the characters, which `unicodeBody` writes. */
  unicodeHead(text: string, room = 2 * text.length): this {
    this.align(4).u16(2 * text.length, room)
    return this.pointer()
  }

  unicodeBody(text: string, room = text.length): this {
    return this.align(4).u32(room, 0, text.length).text(text).align(4)
  }

  sid(sid: string): this {
    return this.align(4).bytes(rpcSid(sid))
  }
}

/** Arguments of calls. */
export class NdrReader extends LittleEndianReader {
  /** False: a null pointer. */
  pointer(): boolean {
    return this.align(4).u32() !== 0
  }

  /** [string] wchar_t, without its zero. */
  string(): string {
    this.align(4).u32()
    this.u32()
    const count = this.u32()
    if (count > MAX_STRING) throw new CodecError(`a string of ${count} characters`)
    return this.take(2 * count)
      .toString('utf16le')
      .replace(/\0+$/, '')
  }

  /** [unique, string]: null where there is none. */
  uniqueString(): string | null {
    return this.pointer() ? this.string() : null
  }
}
