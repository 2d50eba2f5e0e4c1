/** Filters of pipelines: lines in, lines out. */
import {type Program, type Programs, readFlags} from '../command.ts'
import {decodeEscapes} from '../lexer.ts'
import {safePattern} from './pattern.ts'
import {linesOf, sources} from './text.ts'

const sort: Program = async (call) => {
  const flags = readFlags(call.args, 'kt')
  const {list} = await sources(call, flags.operands)
  const lines = list.flatMap(({text}) => linesOf(text))
  lines.sort((left, right) =>
    flags.has('n') ? Number.parseFloat(left) - Number.parseFloat(right) || 0 : left < right ? -1 : Number(left > right),
  )
  if (flags.has('r')) lines.reverse()
  const kept = flags.has('u') ? [...new Set(lines)] : lines
  if (kept.length > 0) call.out(`${kept.join('\n')}\n`)
  return 0
}

const uniq: Program = async (call) => {
  const flags = readFlags(call.args)
  const {list} = await sources(call, flags.operands)
  const groups: {line: string; count: number}[] = []
  for (const line of list.flatMap(({text}) => linesOf(text))) {
    const last = groups.at(-1)
    if (last?.line === line) last.count++
    else groups.push({line, count: 1})
  }
  for (const {line, count} of groups) call.out(flags.has('c') ? `${String(count).padStart(7)} ${line}\n` : `${line}\n`)
  return 0
}

const cut: Program = async (call) => {
  const flags = readFlags(call.args, 'dfcb')
  const {list} = await sources(call, flags.operands)
  const columns = flags.value('c') ?? flags.value('b')
  const delimiter = flags.value('d') ?? '\t'
  const wanted = selection(columns ?? flags.value('f') ?? '1')
  for (const line of list.flatMap(({text}) => linesOf(text))) {
    const parts = columns === undefined ? line.split(delimiter) : [...line]
    const kept = parts.length === 1 && columns === undefined ? parts : parts.filter((_, index) => wanted(index + 1))
    call.out(`${kept.join(columns === undefined ? delimiter : '')}\n`)
  }
  return 0
}

/** `1,3-5,7-`. */
function selection(text: string): (position: number) => boolean {
  const ranges = text.split(',').map((range) => {
    const [, from = '', dash = '', to = ''] = /^(\d*)(-?)(\d*)$/.exec(range) ?? []
    const first = from === '' ? 1 : Number(from)
    return [first, dash === '' ? first : to === '' ? Number.POSITIVE_INFINITY : Number(to)] as const
  })
  return (position) => ranges.some(([from, to]) => position >= from && position <= to)
}

const tr: Program = async (call) => {
  const flags = readFlags(call.args)
  const [from = '', to = ''] = flags.operands.map((set) => characters(decodeEscapes(set)))
  const text = await call.stdin.all()
  const deleting = flags.has('d')
  call.out(
    [...text]
      .map((character) => {
        const at = from.indexOf(character)
        if (at === -1) return character
        return deleting ? '' : (to[at] ?? to.at(-1) ?? character)
      })
      .join(''),
  )
  return 0
}

function characters(set: string): string {
  const named = set.replace('[:lower:]', 'a-z').replace('[:upper:]', 'A-Z').replace('[:digit:]', '0-9')
  return named.replace(/(.)-(.)/g, (_, first: string, last: string) => {
    const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
    return to < from
      ? ''
      : Array.from({length: to - from + 1}, (_unused, index) => String.fromCharCode(from + index)).join('')
  })
}

/** Only substitution and `-n Np`; anything else passes the text through. */
const sed: Program = async (call) => {
  const flags = readFlags(call.args, 'e')
  const [first = '', ...rest] = flags.operands
  const script = flags.value('e') ?? first
  const {list} = await sources(call, flags.value('e') === undefined ? rest : flags.operands)
  const [, , find, replacement = '', options = ''] = /^s([^\w\s\\])(.*?)\1(.*?)\1(g?)/.exec(script) ?? []
  const [, from, to] = /^(\d+)(?:,(\d+))?p$/.exec(script) ?? []
  linesOf(list.map(({text}) => text).join('')).forEach((line, index) => {
    if (from !== undefined) {
      if (index + 1 >= Number(from) && index + 1 <= Number(to ?? from)) call.out(`${line}\n`)
    } else if (find === undefined) call.out(`${line}\n`)
    else call.out(`${options === 'g' ? line.split(find).join(replacement) : line.replace(find, () => replacement)}\n`)
  })
  return 0
}

/** `{print $1, $3}` with `-F` and a leading `/pattern/`: what intruders use awk for. */
const awk: Program = async (call) => {
  const flags = readFlags(call.args, 'Fv')
  const [program = '', ...names] = flags.operands
  const {list} = await sources(call, names)
  const [, pattern, action] = /^\s*(?:\/([^/]*)\/)?\s*(?:\{\s*print\s*([^}]*)\})?/.exec(program) ?? []
  const fits = pattern === undefined ? () => true : safePattern(pattern, '')
  const separator = flags.value('F')
  for (const line of list.flatMap(({text}) => linesOf(text)).filter((text) => fits(text))) {
    const fields = separator === undefined ? line.trim().split(/\s+/) : line.split(separator)
    const expressions =
      (action ?? '').trim() === ''
        ? ['$0']
        : (action ?? '')
            .replace(/;\s*$/, '')
            .trim()
            .split(/\s*,\s*/)
    const values = expressions.map((expression) =>
      expression.replace(/\$NF|\$(\d+)|"([^"]*)"\s*/g, (whole, number, literal) => {
        if (whole === '$NF') return fields.at(-1) ?? ''
        if (literal !== undefined) return String(literal)
        return number === '0' ? line : (fields[Number(number) - 1] ?? '')
      }),
    )
    call.out(`${values.join(' ')}\n`)
  }
  return 0
}

export const FILTERS: Programs = {sort, uniq, cut, tr, sed, awk}
