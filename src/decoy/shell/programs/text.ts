/** Programs that read text and write text. */
import {createHash} from 'node:crypto'

import {FsError} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import {type Call, type Flags, type Program, type Programs, readFlags} from '../command.ts'
import {decodeEscapes} from '../lexer.ts'
import {safePattern} from './pattern.ts'

interface Source {
  readonly name: string
  readonly text: string
}

/** The named files, or the input where none is named. A missing one is told, and `complete` becomes false. */
export async function sources(
  call: Call,
  names: readonly string[],
): Promise<{readonly list: Source[]; readonly complete: boolean}> {
  if (names.length === 0) return {list: [{name: '-', text: await call.stdin.all()}], complete: true}
  const list: Source[] = []
  for (const name of names) {
    try {
      list.push({name, text: name === '-' ? await call.stdin.all() : readFile(call, name)})
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      call.err(`${call.name}: ${name}: ${error.message}\n`)
    }
  }
  return {list, complete: list.length === names.length}
}

function readFile(call: Call, name: string): string {
  const path = absolutePath(call.shell.cwd, name)
  const file = call.machine.files.readable(path, call.account)
  if (file.bait) call.shell.host.fileRead(path)
  return call.machine.files.read(path, call.account).toString('latin1')
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

const cat: Program = async (call) => {
  const flags = readFlags(call.args)
  const {list, complete} = await sources(call, flags.operands)
  for (const {text} of list) {
    if (!flags.has('n')) call.out(text)
    else call.out(numbered(text))
  }
  return complete ? 0 : 1
}

function numbered(text: string): string {
  return linesOf(text)
    .map((line, index) => `${String(index + 1).padStart(6)}\t${line}\n`)
    .join('')
}

const echo: Program = ({args, out}) => {
  let rest = args
  let newline = true
  let escapes = false
  for (let first = rest[0]; first !== undefined && /^-[neE]+$/.test(first); first = rest[0]) {
    if (first.includes('n')) newline = false
    if (first.includes('e')) escapes = true
    rest = rest.slice(1)
  }
  const text = rest.join(' ')
  out(`${escapes ? decodeEscapes(text) : text}${newline ? '\n' : ''}`)
  return 0
}

const printf: Program = ({args, out, err}) => {
  const [format, ...values] = args
  if (format === undefined) {
    err('printf: usage: printf [-v var] format [arguments]\n')
    return 2
  }
  let next = 0
  const once = (): string =>
    decodeEscapes(format).replace(/%(-?\d{0,4})([sdcxob%])/g, (_, width, letter) =>
      letter === '%' ? '%' : padded(converted(String(letter), values[next++]), Number(width)),
    )
  out(once())
  for (let turns = 0; next > 0 && next < values.length && turns < 1000; turns++) out(once())
  return 0
}

function converted(letter: string, value: string | undefined): string {
  if (value === undefined) return letter === 'd' ? '0' : ''
  switch (letter) {
    case 'x':
      return Number(value).toString(16)
    case 'b':
      return decodeEscapes(value)
    case 'c':
      return value.slice(0, 1)
    default:
      return value
  }
}

function padded(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : text.padStart(width)
}

const headOrTail: Program = async (call) => {
  const args = call.args.map((arg) => arg.replace(/^-(\d+)$/, '-n$1'))
  const flags = readFlags(args, 'nc')
  const {list, complete} = await sources(call, flags.operands)
  const head = call.name === 'head'
  for (const {name, text} of list) {
    if (list.length > 1) call.out(`==> ${name} <==\n`)
    const bytes = flags.value('c')
    if (bytes !== undefined) {
      const count = Math.abs(Number.parseInt(bytes, 10) || 0)
      call.out(head ? text.slice(0, count) : text.slice(Math.max(0, text.length - count)))
      continue
    }
    const wanted = flags.value('n') ?? '10'
    const count = Math.abs(Number.parseInt(wanted, 10) || 0)
    const lines = linesOf(text)
    const kept = head
      ? lines.slice(0, count)
      : wanted.startsWith('+')
        ? lines.slice(count - 1)
        : lines.slice(Math.max(0, lines.length - count))
    if (kept.length > 0) call.out(`${kept.join('\n')}\n`)
  }
  return complete ? 0 : 1
}

/** A basic regular expression in the syntax of an extended one. */
function basicToExtended(text: string): string {
  return text.replace(/\\([|(){}+?])|([|(){}+?])/g, (_, escaped, plain) => String(escaped ?? `\\${plain}`))
}

const grep: Program = async (call) => {
  const flags = readFlags(call.args, 'emABC')
  const [first, ...rest] = flags.operands
  const wanted = flags.value('e') ?? first
  if (wanted === undefined) {
    call.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n")
    return 2
  }
  const names = flags.value('e') === undefined ? rest : flags.operands
  const {list, complete} = await sources(call, names)
  const fixed = call.name === 'fgrep' || flags.has('F')
  const source = call.name === 'egrep' || flags.has('E') ? wanted : basicToExtended(wanted)
  const fits = fixed ? (line: string) => line.includes(wanted) : safePattern(source, flags.has('i') ? 'i' : '')
  let found = false
  for (const {name, text} of list) {
    const hits = linesOf(text).filter((line) => fits(line) !== flags.has('v'))
    found ||= hits.length > 0
    if (!flags.has('q')) call.out(grepOutput(flags, name, hits, list.length > 1))
  }
  if (!complete) return 2
  return found ? 0 : 1
}

function grepOutput(flags: Flags, name: string, hits: readonly string[], several: boolean): string {
  const label = several && !flags.has('h') ? `${name}:` : ''
  if (flags.has('c')) return `${label}${hits.length}\n`
  if (flags.has('l')) return hits.length > 0 ? `${name}\n` : ''
  return hits.map((line) => `${label}${line}\n`).join('')
}

const wc: Program = async (call) => {
  const flags = readFlags(call.args)
  const {list, complete} = await sources(call, flags.operands)
  const all = !flags.has('l') && !flags.has('w') && !flags.has('c')
  for (const {name, text} of list) {
    const counts = [
      ...(all || flags.has('l') ? [text.split('\n').length - 1] : []),
      ...(all || flags.has('w') ? [text.split(/\s+/).filter((word) => word !== '').length] : []),
      ...(all || flags.has('c') ? [text.length] : []),
    ]
    const numbers =
      counts.length === 1
        ? String(counts[0])
        : counts.map((count) => String(count).padStart(flags.operands.length === 0 ? 7 : 3)).join(' ')
    call.out(`${numbers}${name === '-' ? '' : ` ${name}`}\n`)
  }
  return complete ? 0 : 1
}

const base64: Program = async (call) => {
  const flags = readFlags(call.args, 'w')
  const {list, complete} = await sources(call, flags.operands)
  const text = list.map((source) => source.text).join('')
  if (flags.has('d') || flags.has('--decode') || flags.has('D'))
    call.out(Buffer.from(text, 'base64').toString('latin1'))
  else {
    const encoded = Buffer.from(text, 'latin1').toString('base64')
    call.out(flags.value('w') === '0' ? encoded : `${encoded.replace(/.{76}(?=.)/g, '$&\n')}\n`)
  }
  return complete ? 0 : 1
}

const digest: Program = async (call) => {
  const {list, complete} = await sources(call, readFlags(call.args).operands)
  const algorithm = call.name.replace('sum', '')
  for (const {name, text} of list) {
    call.out(`${createHash(algorithm).update(Buffer.from(text, 'latin1')).digest('hex')}  ${name}\n`)
  }
  return complete ? 0 : 1
}

const seq: Program = ({args, out}) => {
  const numbers = args.map(Number)
  const [from, to] = numbers.length > 1 ? [numbers[0] ?? 1, numbers.at(-1) ?? 1] : [1, numbers[0] ?? 1]
  for (let value = from; value <= Math.min(to, from + 10_000); value++) out(`${value}\n`)
  return 0
}

const hexdump: Program = async (call) => {
  const {list} = await sources(call, readFlags(call.args, 'nlsNtA').operands)
  const data = Buffer.from(list.map(({text}) => text).join(''), 'latin1').subarray(0, 65_536)
  for (let at = 0; at < data.length; at += 16) {
    const row = data.subarray(at, at + 16)
    const hex = [...row].map((value) => value.toString(16).padStart(2, '0'))
    const ascii = [...row].map((value) => (value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : '.')).join('')
    const pairs = Array.from({length: 8}, (_, index) => `${hex[2 * index] ?? '  '}${hex[2 * index + 1] ?? '  '}`).join(
      ' ',
    )
    call.out(`${at.toString(16).padStart(8, '0')}: ${pairs}  ${ascii}\n`)
  }
  return 0
}

export const TEXT: Programs = {
  cat,
  more: cat,
  less: cat,
  zcat: cat,
  strings: cat,
  echo,
  printf,
  head: headOrTail,
  tail: headOrTail,
  grep,
  egrep: grep,
  fgrep: grep,
  wc,
  base64,
  md5sum: digest,
  sha1sum: digest,
  sha256sum: digest,
  seq,
  xxd: hexdump,
  hexdump,
  od: hexdump,
}
