/** Options of a transfer as tftpd-hpa 5.2 takes them: RFC 2348 (blksize), RFC 2349 (timeout, tsize) and its own. */
import type {TransferRequest} from './packet.ts'

export interface Settings {
  readonly blockSize: number
  /** What follows block 65535. */
  readonly rollover: number
  /** Those that are agreed on, as they are acknowledged. */
  readonly agreed: readonly (readonly [name: string, value: string])[]
}

const DEFAULT_BLOCK = 512
const MIN_BLOCK = 8
const MAX_BLOCK = 65_464
const MIN_MICROSECONDS = 10_000
const MAX_MICROSECONDS = 255_000_000

type Outcome = string | 'ignored' | 'refused'

/** Null: an option is refused, and the transfer with it (RFC 2347 error 8). @param size of the file to be read */
export function negotiate({operation, mode, options}: TransferRequest, size: number): Settings | null {
  let blockSize = DEFAULT_BLOCK
  let rollover = 0
  const agreed: (readonly [string, string])[] = []
  for (const [name, value] of options) {
    const key = name.toLowerCase()
    if (!/^\d{1,10}$/.test(value)) continue
    const outcome = take(key, Number(value), {size: operation === 'read' ? size : null, netascii: isText(mode)})
    if (outcome === 'refused') return null
    if (outcome === 'ignored') continue
    if (key === 'blksize' || key === 'blksize2') blockSize = Number(outcome)
    if (key === 'rollover') rollover = Number(outcome)
    agreed.push([name, outcome])
  }
  return {blockSize, rollover, agreed}
}

export const isText = (mode: string): boolean => mode.toLowerCase() === 'netascii'
export const isMode = (mode: string): boolean => ['netascii', 'octet'].includes(mode.toLowerCase())

function take(key: string, value: number, file: {size: number | null; netascii: boolean}): Outcome {
  switch (key) {
    case 'blksize':
      return value < MIN_BLOCK ? 'refused' : String(Math.min(value, MAX_BLOCK))
    case 'blksize2':
      return value < MIN_BLOCK ? 'refused' : String(powerOfTwo(Math.min(value, MAX_BLOCK)))
    case 'tsize':
      // The size of a text is not known before it is translated.
      if (file.netascii) return 'refused'
      return String(file.size ?? value)
    case 'timeout':
      return value < 1 || value > 255 ? 'refused' : String(value)
    case 'utimeout':
      return value < MIN_MICROSECONDS || value > MAX_MICROSECONDS ? 'refused' : String(value)
    case 'rollover':
      return value > 65_535 ? 'refused' : String(value)
    default:
      return 'ignored'
  }
}

const powerOfTwo = (value: number): number => 2 ** Math.floor(Math.log2(value))
