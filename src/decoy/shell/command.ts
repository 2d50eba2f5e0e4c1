/** What an emulated program sees. */
import type {Account} from './accounts.ts'
import type {Input, Output} from './io.ts'
import type {Machine} from './machine.ts'
import type {Shell} from './shell.ts'

export interface Call {
  readonly name: string
  readonly args: readonly string[]
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly shell: Shell
  readonly machine: Machine
  readonly account: Account
  out(text: string): void
  err(text: string): void
  /** Runs another program with the same streams. */
  run(name: string, args: readonly string[]): Promise<number>
  /** Runs command text in this shell or, with `fork`, in one of its own. */
  script(text: string, options?: {readonly fork?: boolean; readonly stdin?: Input}): Promise<number>
}

export type Program = (call: Call) => number | Promise<number>
export type Programs = Readonly<Record<string, Program>>

/** Splits `-la -n 5 file` into flags and operands; `--` ends the flags. Letters in `withValue` take the next word. */
export function readFlags(args: readonly string[], withValue = ''): Flags {
  const letters = new Set<string>()
  const values = new Map<string, string>()
  const operands: string[] = []
  const rest = [...args].reverse()
  for (let arg = rest.pop(); arg !== undefined && arg !== '--'; arg = rest.pop()) {
    if (arg.startsWith('--')) letters.add(arg)
    else if (arg.length < 2 || !arg.startsWith('-')) operands.push(arg)
    else {
      const {names, value, attached} = splitFlags(arg, withValue)
      for (const letter of names) letters.add(letter)
      if (value !== null) values.set(value, attached === '' ? (rest.pop() ?? '') : attached)
    }
  }
  operands.push(...rest.reverse())
  return {has: (name) => letters.has(name), value: (name) => values.get(name), operands}
}

export interface Flags {
  has(name: string): boolean
  value(name: string): string | undefined
  readonly operands: readonly string[]
}

/** `-xvf name`: the letters, and the one that takes a value with what is attached to it. */
function splitFlags(arg: string, withValue: string): {names: string; value: string | null; attached: string} {
  const at = [...arg].findIndex((letter, position) => position > 0 && withValue.includes(letter))
  if (at === -1) return {names: arg.slice(1), value: null, attached: ''}
  return {names: arg.slice(1, at + 1), value: arg.charAt(at), attached: arg.slice(at + 1)}
}
