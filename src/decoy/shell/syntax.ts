/** The part of the shell language (POSIX.1-2017, XCU chapter 2) that is understood. */

export type WordPart =
  | {readonly kind: 'text'; readonly text: string; readonly quoted: boolean}
  /** `$name`, `${name}`, `${name:-fallback}`. */
  | {readonly kind: 'variable'; readonly name: string; readonly fallback: string; readonly quoted: boolean}
  /** `$(…)` or backquotes. */
  | {readonly kind: 'substitution'; readonly source: string; readonly quoted: boolean}

export type Word = readonly WordPart[]

export interface Redirect {
  readonly fd: number
  readonly operator: '<' | '>' | '>>' | '>&' | '<<' | '<<<'
  readonly target: Word
}

export interface SimpleCommand {
  readonly kind: 'simple'
  readonly assignments: readonly {readonly name: string; readonly value: Word}[]
  readonly words: readonly Word[]
  readonly redirects: readonly Redirect[]
}

export interface CompoundCommand {
  readonly kind: 'group' | 'subshell'
  readonly body: List
  readonly redirects: readonly Redirect[]
}

export interface Conditional {
  readonly kind: 'if'
  readonly branches: readonly {readonly condition: List; readonly body: List}[]
  readonly otherwise: List | null
}

export interface WhileLoop {
  readonly kind: 'while'
  readonly until: boolean
  readonly condition: List
  readonly body: List
}

export interface ForLoop {
  readonly kind: 'for'
  readonly name: string
  readonly items: readonly Word[]
  readonly body: List
}

export type Command = SimpleCommand | CompoundCommand | Conditional | WhileLoop | ForLoop

export interface Pipeline {
  readonly negated: boolean
  readonly commands: readonly Command[]
}

export type Connector = ';' | '&' | '&&' | '||'

export interface ListItem {
  readonly pipeline: Pipeline
  /** What stands after the pipeline. */
  readonly connector: Connector
}

export type List = readonly ListItem[]

/** The text is no program; `incomplete` when more text could make it one. */
export class SyntaxFault extends Error {
  override readonly name = 'SyntaxFault'
  readonly incomplete: boolean

  constructor(message: string, incomplete = false) {
    super(message)
    this.incomplete = incomplete
  }
}

export const MAX_DEPTH = 8
