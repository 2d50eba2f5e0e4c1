/** What the fuzzers make of what right clients send, and the bounds of what a service may do with it. */
import type {Random} from './random.ts'

/** More than any daemon says to one input of the fuzzer, in bytes. */
export const MOST_WRITTEN = 4 * 1024 * 1024
/** Characters of evidence of one input. */
export const MOST_RECORDED = 512 * 1024
/** Other processes may take the processor away for a moment, and the collector for another. */
export const MOST_MS = 4000

/** A conversation of a right client, in pieces as it sends them. */
export type Dialogue = readonly Buffer[]

/** A dialogue with some of it flipped, cut, doubled, blown up or taken from another. */
export function mutated(random: Random, dialogues: readonly Dialogue[]): Buffer[] {
  const pieces = [...random.pick(dialogues)]
  for (let left = random.between(0, 3); left >= 0 && pieces.length > 0; left--) {
    const at = random.between(0, pieces.length - 1)
    pieces[at] = random.pick(MUTATIONS)(random, Buffer.from(pieces[at] ?? []), dialogues)
  }
  return pieces
}

export const hexOf = (pieces: readonly Buffer[]): string => pieces.map((piece) => piece.toString('hex')).join(' ')

type Mutation = (random: Random, bytes: Buffer, dialogues: readonly Dialogue[]) => Buffer

/** Numbers that lengths and offsets are got wrong with. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff]

const MUTATIONS: readonly Mutation[] = [
  (random, bytes) => {
    if (bytes.length > 0) bytes[random.between(0, bytes.length - 1)] = random.between(0, 255)
    return bytes
  },
  (random, bytes) => bytes.subarray(0, random.between(0, bytes.length)),
  (random, bytes) => bytes.subarray(random.between(0, bytes.length)),
  (random, bytes) => {
    const size = random.pick([1, 2, 4].filter((width) => width <= bytes.length || width === 1))
    if (bytes.length < size) return bytes
    const value = random.pick(EDGES) % 256 ** size
    const at = random.between(0, bytes.length - size)
    if (random.between(0, 1) === 0) bytes.writeUIntBE(value, at, size)
    else bytes.writeUIntLE(value, at, size)
    return bytes
  },
  (random, bytes) => {
    const at = random.between(0, bytes.length)
    const noise = Buffer.from(Array.from({length: random.between(1, 16)}, () => random.between(0, 255)))
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
  },
  (random, bytes) => {
    const at = random.between(0, bytes.length)
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(random.between(1, 2000), random.between(0, 255)), bytes])
  },
  (random, bytes, dialogues) => Buffer.concat([bytes, random.pick(random.pick(dialogues))]),
]
