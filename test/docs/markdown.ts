/** Reads as much of Markdown as the documents use: fenced blocks, links and headings. */

/** A fenced block. ```` ```ini fleet.ini ```` is language `ini` with the label `fleet.ini`. */
export interface Fence {
  readonly language: string
  readonly label: string
  readonly text: string
  /** Line of the opening fence, from 1. */
  readonly line: number
}

export interface Link {
  readonly target: string
  readonly line: number
}

const OPENING = /^( *)(`{3,})(\S*)(?:\s+(.*))?$/

/** Every fenced block, in order. */
export function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = []
  let open: {indent: number; ticks: string; language: string; label: string; line: number; body: string[]} | null = null
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open === null) {
      const match = OPENING.exec(line)
      if (match === null) continue
      const [, indent = '', ticks = '', language = '', label = ''] = match
      open = {indent: indent.length, ticks, language, label: label.trim(), line: index + 1, body: []}
    } else if (line.trim() === open.ticks) {
      const {language, label, body, line: opening} = open
      fences.push({language, label, line: opening, text: body.map((text) => `${text}\n`).join('')})
      open = null
    } else {
      open.body.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
    }
  }
  if (open !== null) throw new Error(`line ${open.line}: the block never ends`)
  return fences
}

/** Links and images in running text; what stands in code is no link. A link's text may go on in the next line. */
export function linksOf(markdown: string): Link[] {
  const text = prose(markdown).join('\n')
  const links = text.matchAll(/!?\[[^\]]*\]\(([^()\s]+)(?:\s+"[^"]*")?\)|<img\s[^>]*src="([^"]+)"/g)
  return [...links].map((match) => ({
    target: match[1] ?? match[2] ?? '',
    line: text.slice(0, match.index + match[0].length).split('\n').length,
  }))
}

/** The anchors that GitHub gives the headings: lower case, punctuation dropped, blanks as hyphens, repeats numbered. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  // Code in a heading counts, so this reads the lines themselves.
  for (const line of withoutFences(markdown)) {
    const heading = /^#{1,6} +(.+?) *#*$/.exec(line)?.[1]
    if (heading === undefined) continue
    const slug = heading
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const repeats = seen.get(slug) ?? 0
    seen.set(slug, repeats + 1)
    anchors.add(repeats === 0 ? slug : `${slug}-${repeats}`)
  }
  return anchors
}

function prose(markdown: string): string[] {
  return withoutFences(markdown).map((line) => line.replace(/(`+)(?:(?!\1).)+\1/g, ''))
}

/** The lines, with those of fenced blocks emptied so that numbers stay right. */
function withoutFences(markdown: string): string[] {
  let ticks: string | null = null
  return markdown.split('\n').map((line) => {
    if (ticks === null) {
      ticks = OPENING.exec(line)?.[2] ?? null
      return ticks === null ? line : ''
    }
    if (line.trim() === ticks) ticks = null
    return ''
  })
}
