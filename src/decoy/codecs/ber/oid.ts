/** Object identifiers, dotted (X.690 §8.19). */
import {CodecError} from '../codec-error.ts'

/** Longer ones are those of SNMP, whose indexes hold text: it gives a limit of its own. */
const MAX_OCTETS = 64
/** Arcs beyond 2^31 occur in UUID-based identifiers only, which no protocol here uses; up to 2^53 is exact. */
const MAX_ARC = Number.MAX_SAFE_INTEGER

export function decodeOid(content: Buffer, limit = MAX_OCTETS): string {
  if (content.length === 0 || content.length > limit) throw new CodecError('object identifier of a wrong size')
  const arcs: number[] = []
  let arc = 0
  let begun = false
  for (const octet of content) {
    if (!begun && octet === 0x80) throw new CodecError('object identifier with a padded arc')
    arc = arc * 0x80 + (octet & 0x7f)
    if (arc > MAX_ARC) throw new CodecError('object identifier with too large an arc')
    begun = octet >= 0x80
    if (begun) continue
    arcs.push(arc)
    arc = 0
  }
  if (begun) throw new CodecError('object identifier ends within an arc')
  const [first = 0, ...rest] = arcs
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}

export function encodeOid(dotted: string, limit = MAX_OCTETS): Buffer {
  const arcs = dotted.split('.').map(Number)
  const [root, second, ...rest] = arcs
  const whole = arcs.every((arc) => Number.isInteger(arc) && arc >= 0 && arc <= MAX_ARC - 80)
  if (root === undefined || second === undefined || !whole || root > 2 || (root < 2 && second > 39)) {
    throw new CodecError(`"${dotted}" is no object identifier`)
  }
  const content = Buffer.from([root * 40 + second, ...rest].flatMap(base128))
  if (content.length > limit) throw new CodecError('object identifier of a wrong size')
  return content
}

function base128(arc: number): number[] {
  const octets = [arc % 0x80]
  for (let left = Math.floor(arc / 0x80); left > 0; left = Math.floor(left / 0x80)) octets.unshift(0x80 | (left % 0x80))
  return octets
}
