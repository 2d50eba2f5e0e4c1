/** Text as it goes over the wire (RFC 764 NVT): a line feed is CR LF, a carriage return CR NUL. */
const CR = 0x0d
const LF = 0x0a
const NUL = 0

export function toNetascii(content: Buffer): Buffer {
  const bytes: number[] = []
  for (const byte of content) {
    if (byte === LF) bytes.push(CR, LF)
    else if (byte === CR) bytes.push(CR, NUL)
    else bytes.push(byte)
  }
  return Buffer.from(bytes)
}

export function fromNetascii(content: Buffer): Buffer {
  const bytes: number[] = []
  for (let at = 0; at < content.length; at++) {
    const [byte = 0, next] = content.subarray(at, at + 2)
    if (byte !== CR || (next !== LF && next !== NUL)) bytes.push(byte)
    else {
      bytes.push(next === LF ? LF : CR)
      at++
    }
  }
  return Buffer.from(bytes)
}
