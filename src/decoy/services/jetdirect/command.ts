/**
 * A PJL command, without `@PJL` (HP, Printer Job Language Technical Reference, "PJL command syntax"):
 *
 *     command = name [rest];  rest = *( [SP] option ["=" value] / modifier ":" value )
 *     value   = DQUOTE text DQUOTE / word
 */
export interface PjlCommand {
  /** Upper case. */
  readonly name: string
  /** Everything behind the name. */
  readonly rest: string
  /** Options by their upper-case names; of two with one name the first counts. */
  readonly options: ReadonlyMap<string, string>
}

const OPTION = /([A-Za-z]{1,32})[ \t]*[=:][ \t]*(?:"([^"]*)"|([^\s"]+))/g
const MAX_OPTIONS = 16

export function readCommand(text: string): PjlCommand {
  const [, name = '', rest = ''] = /^([A-Za-z]{0,32})(.*)$/s.exec(text) ?? []
  const options = new Map<string, string>()
  for (const [, option = '', quoted, word] of rest.matchAll(OPTION)) {
    if (options.size >= MAX_OPTIONS) break
    const key = option.toUpperCase()
    if (!options.has(key)) options.set(key, quoted ?? word ?? '')
  }
  return {name: name.toUpperCase(), rest: rest.trim(), options}
}

/** A whole number that is not negative, or null. */
export function count(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null
}
