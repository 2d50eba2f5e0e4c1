/** HTML of our own: titles, fields and labels are the products', the rest is a plain page. */
import {escapeHtml} from '../../response.ts'
import {plainPng} from '../../site/png.ts'
import type {AppResponse} from '../product.ts'
import {type Answer, answer} from './pages.ts'

export interface Markup {
  readonly title: string
  /** Within `<head>`, after the title. */
  readonly head?: string
  readonly body: string
  readonly bodyAttributes?: string
}

/** Where the style of the install comes to stand. */
export const STYLE_HERE = '/* style */'

export function htmlPage({title, head = '', body, bodyAttributes = ''}: Markup): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${head}<style>${STYLE_HERE}</style>
</head>
<body${bodyAttributes}>
${body}
</body>
</html>
`
}

export interface FormField {
  readonly name: string
  readonly label: string
  readonly type?: 'password' | 'text' | 'hidden'
  readonly value?: string
  readonly id?: string
}

export interface SignInForm {
  readonly action: string
  readonly fields: readonly FormField[]
  readonly button: string
  readonly heading?: string
  /** Of attributes of the form's own, e.g. `id="loginform"`. */
  readonly attributes?: string
  /** HTML that says why the last attempt failed. */
  readonly error?: string
}

/** `action` and values are attackers' text at times: they are escaped here. */
export function signInForm({action, fields, button, heading, attributes = '', error = ''}: SignInForm): string {
  const lines = fields.map(({name, label, type = 'text', value = '', id = name}) => {
    const input = `<input type="${type}" name="${name}" id="${id}" value="${escapeHtml(value)}">`
    return type === 'hidden' ? input : `<label for="${id}">${label}</label>\n${input}`
  })
  const title = heading === undefined ? '' : `<h1>${heading}</h1>\n`
  const space = attributes === '' ? '' : ' '
  return `<form method="post" action="${escapeHtml(action)}"${space}${attributes}>
${title}${error}${lines.join('\n')}
<button type="submit">${button}</button>
</form>`
}

export type Colour = readonly [number, number, number]

/** Pictures by what they are made of, so that each install can have its own. */
export const ICON_COLOURS = new WeakMap<Buffer, Colour>()

/** A plain square stands where the product shows its mark. */
export function icon(colour: Colour, type = 'image/png'): Answer {
  const picture = plainPng(16, 16, colour)
  ICON_COLOURS.set(picture, colour)
  return (): AppResponse => answer(200, [['Content-Type', type]], picture)
}

export const robots =
  (text: string, type = 'text/plain'): Answer =>
  () =>
    answer(200, [['Content-Type', type]], text)
