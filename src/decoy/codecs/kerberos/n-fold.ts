/** n-fold (RFC 3961 §5.1): stretches or folds octets to a size, each input bit weighing alike. */
export function nFold(input: Buffer, size: number): Buffer {
  const total = lcm(input.length, size)
  const out = new Uint8Array(size)
  let carry = 0
  for (let index = total - 1; index >= 0; index--) {
    const sum = (out[index % size] ?? 0) + rotatedOctet(input, index) + carry
    out[index % size] = sum & 0xff
    carry = sum >> 8
  }
  // One's complement: what is carried out of the top comes in at the bottom.
  for (let index = size - 1; carry > 0; index = (index + size - 1) % size) {
    const sum = (out[index] ?? 0) + carry
    out[index] = sum & 0xff
    carry = sum >> 8
  }
  return Buffer.from(out)
}

/** An octet of the endless series of copies, each rotated right by 13 bits more than the one before. */
function rotatedOctet(input: Buffer, index: number): number {
  const bits = input.length * 8
  const copy = Math.floor(index / input.length)
  const first = ((index % input.length) * 8 - 13 * copy) % bits
  const start = (first + bits) % bits
  const at = start >> 3
  const pair = ((input[at] ?? 0) << 8) | (input[(at + 1) % input.length] ?? 0)
  return (pair >> (8 - (start & 7))) & 0xff
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b]
  while (y !== 0) [x, y] = [y, x % y]
  return (a / x) * b
}
