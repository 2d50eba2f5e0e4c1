/** Decoders of the fleet file's plain values. */
import {accept, type Decoded, parseDigits, refuse} from './decoded.ts'
import type {DiagnosticCode} from './diagnostic-codes.ts'
import {parseAddress} from './ipv4.ts'
import {MAX_AMOUNT} from './keys.ts'
import {quote} from './quote.ts'
import {didYouMean} from './suggest.ts'

const MINUTES = new Map([
  ['', 1],
  ['m', 1],
  ['h', 60],
  ['d', 24 * 60],
])
/** One year: a longer interval is a slip, and timers must not overflow. */
const LONGEST_INTERVAL = 365 * 24 * 60

/** `30m`, `2h`, `1d`, plain minutes → minutes; `off` → null. */
export function decodeInterval(text: string): Decoded<number | null> {
  const word = text.toLowerCase()
  if (word === 'off') return accept(null)
  const match = /^(\d{1,9}) ?([mhd]?)$/.exec(word)
  const minutes = match === null ? Number.NaN : Number(match[1]) * (MINUTES.get(match[2] ?? '') ?? Number.NaN)
  if (minutes >= 1 && minutes <= LONGEST_INTERVAL) return accept(minutes)
  const summary = `${quote(text)} is no interval`
  return refuse('bad-interval', summary, 'write 30m, 2h or 1d, at most a year, or off')
}

export function decodeAmount(text: string): Decoded<number> {
  const amount = parseDigits(text)
  if (amount !== undefined && amount > MAX_AMOUNT) {
    return refuse('amount-too-large', `${text} deckies are too many for one section`, `at most ${MAX_AMOUNT}`)
  }
  if (amount !== undefined && amount >= 1) return accept(amount)
  return refuse('bad-amount', `${quote(text)} is no amount`, `write a whole number from 1 to ${MAX_AMOUNT}`)
}

/** One word of a closed list, in any case. */
export function decodeChoice<T extends string>(
  text: string,
  choices: readonly T[],
  what: 'driver' | 'engine',
): Decoded<T> {
  const choice = choices.find((name) => name === text.toLowerCase())
  if (choice !== undefined) return accept(choice)
  return refuse(`unknown-${what}`, `there is no ${what} ${quote(text)}`, didYouMean(text, choices))
}

/** Six hexadecimal pairs → lower case with colons. */
export function decodeMac(text: string): Decoded<string> {
  const match = /^[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.exec(text)
  if (match === null) {
    const hint = 'write six hexadecimal pairs, e.g. 00:50:56:12:34:56'
    return refuse('bad-mac', `${quote(text)} is no MAC address`, hint)
  }
  const mac = text.toLowerCase().replaceAll('-', ':')
  // The lowest bit of the first octet marks group addresses (IEEE 802-2014 §8.2.2).
  if (Number.parseInt(mac.slice(0, 2), 16) % 2 === 1) {
    const hint = 'the first pair must be even'
    return refuse('bad-mac', `${mac} is a group address; a machine has a unicast one`, hint)
  }
  if (mac === '00:00:00:00:00:00') return refuse('bad-mac', `${mac} belongs to no machine`)
  return accept(mac)
}

/** Linux keeps a host name in 64 bytes. */
const MAX_HOSTNAME = 64
/** A whole domain name in text form (RFC 1035 §2.3.4). */
const MAX_DOMAIN = 253

export function decodeHostname(text: string): Decoded<string> {
  return decodeLabels(text, 'bad-hostname', 'host name', MAX_HOSTNAME)
}

export function decodeDomain(text: string): Decoded<string> {
  return decodeLabels(text, 'bad-domain', 'domain', MAX_DOMAIN)
}

/** RFC 1123 §2.1: labels of letters, digits and inner hyphens, 1 to 63 each. */
function decodeLabels(text: string, code: DiagnosticCode, what: string, longest: number): Decoded<string> {
  const hint = `a ${what} is letters, digits and inner hyphens, at most 63 between dots and ${longest} in all`
  const label = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
  const valid = text.length <= longest && text.split('.').every((part) => label.test(part))
  if (!valid || parseAddress(text) !== undefined) return refuse(code, `${quote(text)} is no ${what}`, hint)
  return accept(text)
}

/** A Linux interface name: 15 characters (IFNAMSIZ less the final NUL). */
export function decodeInterface(text: string): Decoded<string> {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/.test(text)) return accept(text)
  const hint = 'at most 15 letters, digits, - _ and .; "ip link" lists them'
  return refuse('bad-interface', `${quote(text)} is no interface name`, hint)
}

export function decodeLogFile(text: string): Decoded<string> {
  if (text.endsWith('/')) return refuse('bad-log-file', `${quote(text)} is a directory`, 'name a file in it')
  return accept(text)
}
