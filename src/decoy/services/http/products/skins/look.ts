/** What pages of ours look like: the same on all machines of an install, and on no two installs. */
import type {Persona} from '../../../../persona.ts'
import type {Connection} from '../../../../service.ts'
import type {RequestBody, RequestHead} from '../../request/message.ts'
import {plainPng} from '../../site/png.ts'
import type {Application, AppResponse} from '../product.ts'
import {type Colour, ICON_COLOURS, STYLE_HERE} from './markup.ts'

const FONTS = ['Arial,Helvetica,sans-serif', '"Segoe UI",Tahoma,sans-serif', 'Roboto,Arial,sans-serif', 'Verdana,Arial']

/** An application in the clothes of its install: nobody finds all installs by one of them. */
export class Dressed implements Application {
  readonly #inner: Application
  readonly #style: string
  readonly #shade: Colour
  readonly #icons = new WeakMap<Buffer, Buffer>()

  constructor(inner: Application, {fleet}: Persona) {
    const number = (purpose: string, min: number, max: number): number =>
      fleet.integer(`http look ${purpose}`, min, max)
    const grey = (purpose: string, min: number, max: number): string =>
      `#${number(purpose, min, max).toString(16).padStart(2, '0').repeat(3)}`
    this.#inner = inner
    this.#shade = [number('red', -9, 9), number('green', -9, 9), number('blue', -9, 9)]
    this.#style =
      `body{margin:0;font:${number('size', 13, 16)}px/1.${number('line', 3, 6)} ${fleet.pick('http look font', FONTS)};` +
      `background:${grey('back', 0xe8, 0xf8)};color:${grey('ink', 0x11, 0x33)}}` +
      `form,main{max-width:${number('width', 19, 27)}em;margin:${number('top', 6, 14)}vh auto 0;` +
      `padding:${number('padding', 16, 34)}px;background:#fff;border:1px solid ${grey('border', 0xc4, 0xe0)}}` +
      `label{display:block;margin:${number('gap', 7, 14)}px 0 3px}input[type=text],input[type=password]{width:100%}`
  }

  claims(head: RequestHead): boolean {
    return this.#inner.claims(head)
  }

  handle(head: RequestHead, body: RequestBody, connection: Connection): AppResponse {
    const response = this.#inner.handle(head, body, connection)
    const colour = ICON_COLOURS.get(response.body)
    if (colour !== undefined) return {...response, body: this.#icon(response.body, colour)}
    const at = response.body.indexOf(STYLE_HERE)
    if (at < 0) return response
    const parts = [
      response.body.subarray(0, at),
      Buffer.from(this.#style),
      response.body.subarray(at + STYLE_HERE.length),
    ]
    return {...response, body: Buffer.concat(parts)}
  }

  #icon(plain: Buffer, [red, green, blue]: Colour): Buffer {
    const known = this.#icons.get(plain)
    if (known !== undefined) return known
    const shaded = (value: number, by: number): number => Math.min(255, Math.max(0, value + by))
    const [byRed, byGreen, byBlue] = this.#shade
    const picture = plainPng(16, 16, [shaded(red, byRed), shaded(green, byGreen), shaded(blue, byBlue)])
    this.#icons.set(plain, picture)
    return picture
  }
}
