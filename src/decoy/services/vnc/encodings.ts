/** Pictures as a client wants them: Raw and Hextile (RFC 6143 sections 7.7.1 and 7.7.4) in its pixel format. */
import type {Area, PixelFormat} from './client-messages.ts'
import type {Picture} from './screen/canvas.ts'

export const ENCODING = {raw: 0, hextile: 5} as const

const TILE = 16
const HEXTILE = {raw: 1, background: 2, foreground: 4, subrects: 8} as const
const MAX_SUBRECTS = 255

/** The colours of a picture as pixels of a format, by index; null: no format that a server can write. */
export function pixelsOf({palette}: Picture, format: PixelFormat): Buffer[] | null {
  const {bitsPerPixel, bigEndian, trueColour, max, shift} = format
  if (!trueColour || ![8, 16, 32].includes(bitsPerPixel) || shift.some((bits) => bits >= bitsPerPixel)) return null
  return palette.map((colour) => {
    const value = [16, 8, 0].reduce((sum, from, channel) => {
      const full = (colour >> from) & 0xff
      return sum + Math.round((full * (max[channel] ?? 0)) / 255) * 2 ** (shift[channel] ?? 0)
    }, 0)
    const size = bitsPerPixel / 8
    const bytes = Buffer.alloc(size)
    const fitting = value % 2 ** bitsPerPixel
    if (bigEndian) bytes.writeUIntBE(fitting, 0, size)
    else bytes.writeUIntLE(fitting, 0, size)
    return bytes
  })
}

/** A FramebufferUpdate (section 7.6.1) of one rectangle, which must lie in the picture. */
export function updateMessage(picture: Picture, area: Area, pixels: readonly Buffer[], encoding: number): Buffer {
  const head = Buffer.alloc(16)
  head.writeUInt16BE(1, 2)
  for (const [index, value] of [area.x, area.y, area.width, area.height].entries()) {
    head.writeUInt16BE(value, 4 + 2 * index)
  }
  head.writeInt32BE(encoding, 12)
  const body = encoding === ENCODING.hextile ? hextile(picture, area, pixels) : [raw(picture, area, pixels)]
  return Buffer.concat([head, ...body])
}

function raw({width, cells}: Picture, area: Area, pixels: readonly Buffer[]): Buffer {
  const size = pixels[0]?.length ?? 1
  const bytes = Buffer.alloc(area.width * area.height * size)
  let at = 0
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      pixels[cells[y * width + x] ?? 0]?.copy(bytes, at)
      at += size
    }
  }
  return bytes
}

function hextile(picture: Picture, area: Area, pixels: readonly Buffer[]): Buffer[] {
  const tiles: Buffer[] = []
  for (let y = area.y; y < area.y + area.height; y += TILE) {
    for (let x = area.x; x < area.x + area.width; x += TILE) {
      const tile = {
        x,
        y,
        width: Math.min(TILE, area.x + area.width - x),
        height: Math.min(TILE, area.y + area.height - y),
      }
      tiles.push(...encodeTile(picture, tile, pixels))
    }
  }
  return tiles
}

function encodeTile(picture: Picture, tile: Area, pixels: readonly Buffer[]): Buffer[] {
  const colours = coloursOf(picture, tile)
  const [background = 0, foreground] = [...colours.entries()]
    .toSorted(([, left], [, right]) => right - left)
    .map(([colour]) => colour)
  const pixel = (colour: number): Buffer => pixels[colour] ?? Buffer.alloc(0)
  if (foreground === undefined) return [Buffer.from([HEXTILE.background]), pixel(background)]
  const runs = colours.size === 2 ? runsOf(picture, tile, foreground) : []
  if (runs.length === 0 || runs.length > MAX_SUBRECTS) {
    return [Buffer.from([HEXTILE.raw]), raw(picture, tile, pixels)]
  }
  const flags = HEXTILE.background | HEXTILE.foreground | HEXTILE.subrects
  const rects = runs.map(({x, y, width}) => Buffer.from([(x << 4) | y, (width - 1) << 4]))
  return [Buffer.from([flags]), pixel(background), pixel(foreground), Buffer.from([runs.length]), ...rects]
}

function coloursOf({width, cells}: Picture, tile: Area): Map<number, number> {
  const colours = new Map<number, number>()
  for (let y = tile.y; y < tile.y + tile.height; y++) {
    for (let x = tile.x; x < tile.x + tile.width; x++) {
      const colour = cells[y * width + x] ?? 0
      colours.set(colour, (colours.get(colour) ?? 0) + 1)
    }
  }
  return colours
}

/** Horizontal runs of one colour, in coordinates of the tile. */
function runsOf({width, cells}: Picture, tile: Area, colour: number): {x: number; y: number; width: number}[] {
  const runs: {x: number; y: number; width: number}[] = []
  for (let y = 0; y < tile.height; y++) {
    let start = -1
    for (let x = 0; x <= tile.width; x++) {
      const set = x < tile.width && cells[(tile.y + y) * width + tile.x + x] === colour
      if (set && start === -1) start = x
      if (!set && start !== -1) {
        runs.push({x: start, y, width: x - start})
        start = -1
      }
    }
  }
  return runs
}
