/** Broken messages, and the one thing that a codec may do with them. */
import {CodecError} from '../../../src/decoy/codecs/codec-error.ts'
import {Random, seedOfRun} from '../../support/random.ts'

type Parse = (input: Buffer) => unknown

/** Throws, naming the input, where the parser throws anything else than `CodecError`. Returns whether it was refused. */
export function refused(parse: Parse, input: Buffer): boolean {
  try {
    parse(input)
    return false
  } catch (error) {
    if (error instanceof CodecError) return true
    throw new Error(`${String(error)} for ${input.toString('hex')}`, {cause: error})
  }
}

/** How many of the message's proper prefixes are refused. */
export function refusedTruncations(parse: Parse, message: Buffer): number {
  let count = 0
  for (let length = 0; length < message.length; length++) if (refused(parse, message.subarray(0, length))) count++
  return count
}

/** Feeds mutated copies of good messages; the seed is in the name of every failure. */
export function fuzz(parse: Parse, messages: readonly Buffer[], count: number): void {
  const seed = seedOfRun()
  const random = new Random(seed)
  try {
    for (let round = 0; round < count; round++) refused(parse, mutated(random, random.pick(messages)))
  } catch (error) {
    throw new Error(`DECNET_SEED=${seed}: ${String(error)}`, {cause: error})
  }
}

/** Values at which lengths, offsets and counts go wrong. */
const EDGES = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x85, 0xfe, 0xff]

function mutated(random: Random, message: Buffer): Buffer {
  let bytes: Buffer = Buffer.from(message)
  for (let edits = random.between(1, 4); edits > 0; edits--) bytes = edited(random, bytes)
  return bytes
}

function edited(random: Random, bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from([random.between(0, 255)])
  const at = random.between(0, bytes.length - 1)
  switch (random.between(0, 6)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + random.between(1, 8)))])
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + random.between(1, 16)), bytes.subarray(at)])
    case 3:
    case 4:
      bytes[at] = random.pick(EDGES)
      return bytes
    default:
      bytes[at] = random.between(0, 255)
      return bytes
  }
}

/** Milliseconds that a run takes, the best of three: to compare work at two sizes. */
export function bestTime(run: () => void): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...times)
}
