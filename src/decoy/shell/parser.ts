/** Recursive descent over the tokens of one command text. Nesting is bounded. */
import {type Token, tokenize} from './lexer.ts'
import {
  type Command,
  type Connector,
  type List,
  type ListItem,
  MAX_DEPTH,
  type Pipeline,
  type Redirect,
  SyntaxFault,
  type Word,
} from './syntax.ts'

const ASSIGNMENT = /^([A-Za-z_]\w{0,255})=/
const REDIRECTS = new Set(['<', '>', '>>', '>&', '&>', '<<', '<<<'])
const RESERVED_ENDS = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', '}'])

/** Throws SyntaxFault. */
export function parse(text: string): List {
  const parser = new Parser(tokenize(text))
  return parser.program()
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  program(): List {
    const list = this.#list()
    const token = this.#tokens[this.#at]
    if (token !== undefined) throw this.#unexpected()
    return list
  }

  /** Up to a token that cannot begin a command. */
  #list(): List {
    const items: ListItem[] = []
    for (;;) {
      this.#skipNewlines()
      if (this.#atEnd()) return items
      const pipeline = this.#pipeline()
      const connector = this.#connector()
      items.push({pipeline, connector: connector ?? ';'})
      if (connector === null) return items
      if (connector === '&&' || connector === '||') {
        this.#skipNewlines()
        if (this.#tokens[this.#at] === undefined) throw new SyntaxFault('unexpected end of file', true)
        if (this.#atEnd()) throw this.#unexpected()
      }
    }
  }

  #connector(): Connector | null {
    const text = this.#operator()
    if (text !== ';' && text !== '\n' && text !== '&' && text !== '&&' && text !== '||') return null
    this.#at++
    return text === '\n' ? ';' : text
  }

  #pipeline(): Pipeline {
    const negated = this.#takeReserved('!')
    const commands = [this.#command()]
    while (this.#operator() === '|') {
      this.#at++
      this.#skipNewlines()
      if (this.#tokens[this.#at] === undefined) throw new SyntaxFault('unexpected end of file', true)
      commands.push(this.#command())
    }
    return {negated, commands}
  }

  #command(): Command {
    if (this.#operator() === '(') return this.#compound('subshell', '(', ')')
    if (this.#reserved() === '{') return this.#compound('group', '{', '}')
    if (this.#takeReserved('if')) return this.#nested(() => this.#conditional())
    if (this.#takeReserved('for')) return this.#nested(() => this.#forLoop())
    const loop = this.#reserved()
    if (loop === 'while' || loop === 'until') {
      this.#at++
      return this.#nested(() => this.#whileLoop(loop === 'until'))
    }
    return this.#simple()
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxFault('maximum nesting level exceeded')
    const value = read()
    this.#depth--
    return value
  }

  #compound(kind: 'subshell' | 'group', _open: string, close: string): Command {
    this.#at++
    const body = this.#nested(() => this.#list())
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new SyntaxFault('unexpected end of file', true)
    if (this.#operator() !== close && this.#reserved() !== close) throw this.#unexpected()
    if (body.length === 0) throw new SyntaxFault(`syntax error near unexpected token \`${close}'`)
    this.#at++
    return {kind, body, redirects: this.#redirects()}
  }

  #conditional(): Command {
    const branches = [this.#branch()]
    while (this.#takeReserved('elif')) branches.push(this.#branch())
    const otherwise = this.#takeReserved('else') ? this.#list() : null
    this.#expect('fi')
    return {kind: 'if', branches, otherwise}
  }

  #branch(): {condition: List; body: List} {
    const condition = this.#list()
    this.#expect('then')
    return {condition, body: this.#list()}
  }

  #whileLoop(until: boolean): Command {
    const condition = this.#list()
    return {kind: 'while', until, condition, body: this.#doBody()}
  }

  #forLoop(): Command {
    const name = this.#reserved()
    if (name === null || !/^[A-Za-z_]\w*$/.test(name)) throw this.#unexpected()
    this.#at++
    const items: Word[] = []
    if (this.#takeReserved('in')) {
      for (let token = this.#tokens[this.#at]; token?.kind === 'word'; token = this.#tokens[++this.#at]) {
        items.push(token.word)
      }
    }
    if (this.#operator() === ';') this.#at++
    this.#skipNewlines()
    return {kind: 'for', name, items, body: this.#doBody()}
  }

  #doBody(): List {
    this.#expect('do')
    const body = this.#list()
    this.#expect('done')
    return body
  }

  #simple(): Command {
    const assignments: {name: string; value: Word}[] = []
    const words: Word[] = []
    const redirects: Redirect[] = []
    for (;;) {
      const redirect = this.#redirect()
      if (redirect !== null) {
        redirects.push(...redirect)
        continue
      }
      const token = this.#tokens[this.#at]
      if (token?.kind !== 'word') break
      this.#at++
      const assignment = words.length === 0 ? readAssignment(token.word) : null
      if (assignment === null) words.push(token.word)
      else assignments.push(assignment)
    }
    if (words.length + assignments.length + redirects.length === 0) throw this.#unexpected()
    return {kind: 'simple', assignments, words, redirects}
  }

  #redirects(): Redirect[] {
    const redirects: Redirect[] = []
    for (let next = this.#redirect(); next !== null; next = this.#redirect()) redirects.push(...next)
    return redirects
  }

  #redirect(): Redirect[] | null {
    const fd = this.#descriptor()
    const text = this.#operator(fd === null ? 0 : 1)
    if (text === null || !REDIRECTS.has(text)) return null
    this.#at += fd === null ? 1 : 2
    const token = this.#tokens[this.#at]
    if (token === undefined || token.kind === 'operator') throw this.#unexpected()
    this.#at++
    const target = token.word
    if (text === '&>') {
      return [
        {fd: 1, operator: '>', target},
        {fd: 2, operator: '>&', target: [{kind: 'text', text: '1', quoted: false}]},
      ]
    }
    const operator = text as Redirect['operator']
    return [{fd: fd ?? (operator.startsWith('<') ? 0 : 1), operator, target}]
  }

  /** `2` in `2>`: a lone digit that touches the operator cannot be told apart here and is taken as one. */
  #descriptor(): number | null {
    const token = this.#tokens[this.#at]
    const next = this.#tokens[this.#at + 1]
    if (token?.kind !== 'word' || next?.kind !== 'operator' || !REDIRECTS.has(next.text)) return null
    return /^[012]$/.test(token.source) ? Number(token.source) : null
  }

  #operator(ahead = 0): string | null {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'operator' ? token.text : null
  }

  /** The text of an unquoted word. */
  #reserved(): string | null {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' ? token.source : null
  }

  #takeReserved(text: string): boolean {
    if (this.#reserved() !== text) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    this.#skipNewlines()
    if (this.#tokens[this.#at] === undefined) throw new SyntaxFault('unexpected end of file', true)
    if (!this.#takeReserved(text)) throw this.#unexpected()
  }

  #atEnd(): boolean {
    const token = this.#tokens[this.#at]
    if (token === undefined || (token.kind === 'operator' && token.text === ')')) return true
    return token.kind === 'word' && RESERVED_ENDS.has(token.source)
  }

  #skipNewlines(): void {
    while (this.#operator() === '\n') this.#at++
  }

  #unexpected(): SyntaxFault {
    const token = this.#tokens[this.#at]
    if (token === undefined) return new SyntaxFault("syntax error near unexpected token `newline'")
    const text = token.kind === 'operator' ? token.text : token.kind === 'word' ? token.source : '<<'
    return new SyntaxFault(`syntax error near unexpected token \`${text === '\n' ? 'newline' : text}'`)
  }
}

function readAssignment(word: Word): {name: string; value: Word} | null {
  const [first, ...rest] = word
  if (first?.kind !== 'text' || first.quoted) return null
  const match = ASSIGNMENT.exec(first.text)
  const name = match?.[1]
  if (match === null || name === undefined) return null
  return {name, value: [{...first, text: first.text.slice(match[0].length)}, ...rest]}
}
