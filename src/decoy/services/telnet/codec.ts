/**
 * The wire of Telnet (RFC 854, RFC 855):
 *
 *   data          = OCTET but IAC / IAC IAC
 *   command       = IAC code                       ; code 241..249
 *   negotiation   = IAC (WILL / WONT / DO / DONT) option
 *   subnegotiation = IAC SB option *(OCTET but IAC / IAC IAC) IAC SE
 *
 * A CR is followed by LF or NUL (RFC 854, NVT); both become one CR.
 */
export const IAC = 255
export const VERB = {will: 251, wont: 252, do: 253, dont: 254} as const
export type Verb = (typeof VERB)[keyof typeof VERB]
const SB = 250
const SE = 240
const CR = 0x0d
/** Of a sub-negotiation; what is longer is dropped to its end. */
const MAX_SUBNEGOTIATION = 4096

export type TelnetItem =
  | {readonly type: 'data'; readonly bytes: Buffer}
  | {readonly type: 'negotiation'; readonly verb: Verb; readonly option: number}
  | {readonly type: 'subnegotiation'; readonly option: number; readonly bytes: Buffer; readonly cut: boolean}
  | {readonly type: 'command'; readonly code: number}

type State = 'data' | 'iac' | 'verb' | 'sb-option' | 'sb' | 'sb-iac'

export class TelnetCodec {
  #state: State = 'data'
  #afterCr = false
  #verb: Verb = VERB.will
  #option = 0
  #sub: number[] = []
  #cut = false

  /** A sub-negotiation has begun and not ended. */
  get open(): boolean {
    return this.#state === 'sb' || this.#state === 'sb-iac'
  }

  feed(bytes: Buffer): TelnetItem[] {
    const items: TelnetItem[] = []
    let data: number[] = []
    for (const byte of bytes) {
      if (this.#state === 'data' && byte !== IAC) {
        this.#text(byte, data)
        continue
      }
      const item = this.#control(byte, data)
      if (item === null) continue
      if (data.length > 0) items.push({type: 'data', bytes: Buffer.from(data)})
      data = []
      items.push(item)
    }
    if (data.length > 0) items.push({type: 'data', bytes: Buffer.from(data)})
    return items
  }

  #text(byte: number, data: number[]): void {
    const second = this.#afterCr && (byte === 0x0a || byte === 0)
    this.#afterCr = byte === CR
    if (!second) data.push(byte)
  }

  #control(byte: number, data: number[]): TelnetItem | null {
    switch (this.#state) {
      case 'data':
        this.#state = 'iac'
        return null
      case 'iac':
        return this.#command(byte, data)
      case 'verb':
        this.#state = 'data'
        return {type: 'negotiation', verb: this.#verb, option: byte}
      case 'sb-option':
        this.#option = byte
        this.#sub = []
        this.#cut = false
        this.#state = 'sb'
        return null
      case 'sb':
        if (byte === IAC) this.#state = 'sb-iac'
        else this.#keep(byte)
        return null
      case 'sb-iac':
        if (byte === SE) {
          this.#state = 'data'
          return {type: 'subnegotiation', option: this.#option, bytes: Buffer.from(this.#sub), cut: this.#cut}
        }
        this.#state = 'sb'
        this.#keep(byte)
        return null
    }
  }

  #command(byte: number, data: number[]): TelnetItem | null {
    this.#state = 'data'
    if (byte === IAC) {
      this.#text(IAC, data)
      return null
    }
    if (byte === SB) {
      this.#state = 'sb-option'
      return null
    }
    const verb = Object.values(VERB).find((code) => code === byte)
    if (verb === undefined) return {type: 'command', code: byte}
    this.#verb = verb
    this.#state = 'verb'
    return null
  }

  #keep(byte: number): void {
    if (this.#sub.length < MAX_SUBNEGOTIATION) this.#sub.push(byte)
    else this.#cut = true
  }
}

export function negotiate(...pairs: readonly (readonly [Verb, number])[]): Buffer {
  return Buffer.from(pairs.flatMap(([verb, option]) => [IAC, verb, option]))
}

/** Asks for the value of an option (RFC 1091 and others): `IAC SB option SEND IAC SE`. */
export function ask(option: number): Buffer {
  return Buffer.from([IAC, SB, option, 1, IAC, SE])
}

/** Text as data: IAC is doubled. */
export function escaped(bytes: Buffer): Buffer {
  return bytes.includes(IAC) ? Buffer.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte]))) : bytes
}
