import {crc32, deflateSync} from 'node:zlib'

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex')
const RGB_8_BIT = Buffer.from([8, 2, 0, 0, 0])

/** A plain picture (PNG, RFC 2083): stands where a default page shows a logo, so that no browser shows a broken image. */
export function plainPng(width: number, height: number, colour: readonly [number, number, number]): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  const row = Buffer.concat([Buffer.alloc(1), ...Array.from({length: width}, () => Buffer.from(colour))])
  const pixels = deflateSync(Buffer.concat(Array.from({length: height}, () => row)))
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([header, RGB_8_BIT])),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
