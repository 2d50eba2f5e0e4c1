/** A picture of few colours, and the little that is needed to draw on it. */
import {GLYPH_HEIGHT, GLYPH_WIDTH, glyph} from './font.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** Indices into the palette, row by row. */
  readonly cells: Uint8Array
  /** 0xRRGGBB. */
  readonly palette: readonly number[]
}

export class Canvas implements Picture {
  readonly width: number
  readonly height: number
  readonly cells: Uint8Array
  readonly palette: number[] = []

  constructor(width: number, height: number, background: number) {
    this.width = width
    this.height = height
    this.cells = new Uint8Array(width * height).fill(this.#index(background))
  }

  fill(x: number, y: number, width: number, height: number, colour: number): void {
    const index = this.#index(colour)
    const right = Math.min(this.width, x + width)
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      if (right > x) this.cells.fill(index, row * this.width + Math.max(0, x), row * this.width + right)
    }
  }

  frame(x: number, y: number, width: number, height: number, colour: number): void {
    this.fill(x, y, width, 1, colour)
    this.fill(x, y + height - 1, width, 1, colour)
    this.fill(x, y, 1, height, colour)
    this.fill(x + width - 1, y, 1, height, colour)
  }

  text(x: number, y: number, text: string, colour: number, scale = 1): void {
    for (const [place, character] of [...text].entries()) {
      const left = x + place * (GLYPH_WIDTH + 1) * scale
      for (const [row, bits] of glyph(character).entries()) {
        for (let column = 0; column < GLYPH_WIDTH; column++) {
          if ((bits & (0x10 >> column)) === 0) continue
          this.fill(left + column * scale, y + row * scale, scale, scale, colour)
        }
      }
    }
  }

  /** Around the middle of the picture, or of what is given as one. */
  centred(y: number, text: string, colour: number, scale = 1, middle = this.width / 2): void {
    this.text(Math.round(middle - widthOf(text, scale) / 2), y, text, colour, scale)
  }

  #index(colour: number): number {
    const known = this.palette.indexOf(colour)
    return known === -1 ? this.palette.push(colour) - 1 : known
  }
}

export function widthOf(text: string, scale = 1): number {
  return text.length * (GLYPH_WIDTH + 1) * scale
}

export const LINE_HEIGHT = GLYPH_HEIGHT + 4
