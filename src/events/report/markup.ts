import {visible} from '../formats/text.ts'

/** HTML that was made here, as against text, which never is. */
export class Markup {
  readonly html: string

  constructor(html: string) {
    this.html = html
  }
}

type Piece = Markup | string | number | readonly Piece[]

/** A template whose values are text, whatever they hold, unless they are markup themselves. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  return new Markup(
    parts.map((part, index) => part + (index < pieces.length ? rendered(pieces[index] ?? '') : '')).join(''),
  )
}

const ESCAPES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;'}

function rendered(piece: Piece): string {
  if (piece instanceof Markup) return piece.html
  if (typeof piece === 'object') return piece.map(rendered).join('')
  return visible(String(piece)).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
