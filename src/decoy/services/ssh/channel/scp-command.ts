/** Recognises the command that an scp client runs on the server. */
import {parse} from '../../../shell/parser.ts'
import {SyntaxFault} from '../../../shell/syntax.ts'

export interface ScpArguments {
  /** True for `-t`: the client sends. */
  readonly sink: boolean
  readonly recursive: boolean
  readonly paths: readonly string[]
}

/** Null: any other command. */
export function scpArguments(text: string): ScpArguments | null {
  const words = plainWords(text)
  if (words === null || !/^(?:\/usr\/bin\/)?scp$/.test(words[0] ?? '')) return null
  const flags = words
    .slice(1)
    .filter((word) => /^-[a-zA-Z]+$/.test(word))
    .join('')
  const paths = words.slice(1).filter((word) => !/^-/.test(word))
  if (!/[tf]/.test(flags) || paths.length === 0) return null
  return {sink: flags.includes('t'), recursive: flags.includes('r'), paths}
}

/** The words of a single simple command without expansions. */
function plainWords(text: string): string[] | null {
  try {
    const list = parse(text)
    const command = list[0]?.pipeline.commands[0]
    if (list.length !== 1 || list[0]?.pipeline.commands.length !== 1 || command?.kind !== 'simple') return null
    return command.words.map((word) => word.map((part) => (part.kind === 'text' ? part.text : '')).join(''))
  } catch (error) {
    if (error instanceof SyntaxFault) return null
    throw error
  }
}
