import type {ArgumentModel, CliModel, CommandModel, FlagModel, Values} from './model.ts'

const FUNCTIONS = `# Asked each time: what is deployed changes.
_decnet_names() {
  local -a directory names
  integer at=\${words[(I)--state-dir]}
  (( at > 0 && at < CURRENT )) && directory=(--state-dir "\${(Q)words[at + 1]/#\\~\\//$HOME/}")
  [[ -n \${(M)words:#--state-dir=*} ]] && directory=(\${(Q)\${(M)words:#--state-dir=*}})
  names=(\${(f)"$(_call_program names command decnet completion --names $1 \${(q)directory} 2>/dev/null)"})
  compadd "\${@:2}" -a names
}
`

/** The completion script for zsh. */
export function zshScript(model: CliModel): string {
  const first = [
    ...model.topics.map(({word, summary}) => [word, summary] as const),
    ...model.commands.flatMap(({words, summary}) => (words.length === 1 ? [[words[0] ?? '', summary] as const] : [])),
  ]
  return `#compdef decnet
# zsh completion for decnet; made by: decnet completion zsh
${FUNCTIONS}
_decnet_commands() {
  local -a commands=(
${first.map(([word, summary]) => `    ${described(word, summary)}`).join('\n')}
  )
  _describe -t commands 'command' commands
}

_decnet() {
  local context state state_descr line curcontext=$curcontext
  typeset -A opt_args
  _arguments -C '(- *)'{-h,--help}'[Show help.]' '(- *)--version[Show the version.]' '1: :_decnet_commands' '*:: :->rest'
  [[ $state == rest ]] || return
  case $words[1] in
${model.topics.map(({word}) => topicCase(model, word)).join('\n')}
${model.commands
  .filter(({words}) => words.length === 1)
  .map((command) => `    ${command.words[0]})\n${argumentsCall(command, 6)}\n      ;;`)
  .join('\n')}
  esac
}

if [[ $funcstack[1] == _decnet ]]; then
  _decnet "$@"
else
  compdef _decnet decnet
fi
`
}

function topicCase({commands}: CliModel, word: string): string {
  const below = commands.filter(({words}) => words.length > 1 && words[0] === word)
  return `    ${word})
      if (( CURRENT == 2 )); then
        local -a subcommands=(
${below.map(({words, summary}) => `          ${described(words[1] ?? '', summary)}`).join('\n')}
        )
        _describe -t commands 'command' subcommands
        return
      fi
      shift words
      (( CURRENT-- ))
      case $words[1] in
${below.map((command) => `        ${command.words[1]})\n${argumentsCall(command, 10)}\n          ;;`).join('\n')}
      esac
      ;;`
}

function argumentsCall({flags, args, variadic}: CommandModel, indent: number): string {
  const specs = [
    ...flags.flatMap(flagSpecs),
    ...args.map((arg, index) => argumentSpec(arg, variadic && index === args.length - 1 ? '*' : String(index + 1))),
  ]
  const pad = ' '.repeat(indent)
  return `${pad}_arguments -s \\\n${specs.map((spec) => `${pad}  ${spec}`).join(' \\\n')}`
}

function flagSpecs({name, char, summary, values, multiple}: FlagModel): string[] {
  const text = `[${escaped(summary)}]`
  const value = values === undefined ? '' : `:${escaped(name)}:${action(values)}`
  const long = values === undefined ? `--${name}` : `--${name}=`
  if (multiple) return [quoted(`*${long}${text}${value}`)]
  if (char === undefined) return [quoted(`${long}${text}${value}`)]
  const excludes = `(-${char} --${name})`
  return [quoted(`${excludes}-${char}${text}${value}`), quoted(`${excludes}${long}${text}${value}`)]
}

function argumentSpec({name, values}: ArgumentModel, position: string): string {
  return quoted(`${position}:${escaped(name)}:${action(values)}`)
}

function action(values: Values): string {
  switch (values.type) {
    case 'words':
      return `(${values.words.map(escaped).join(' ')})`
    case 'names':
      return `{_decnet_names ${values.of}}`
    case 'files':
      return values.extension === undefined ? '_files' : `_files -g "*.${values.extension}(-.)"`
    case 'directories':
      return '_files -/'
    case 'commands':
      return '_decnet_commands'
    case 'nothing':
      return ' '
    default:
      return values satisfies never
  }
}

/** `word:summary` for _describe. */
function described(word: string, summary: string): string {
  return quoted(`${word}:${summary.replaceAll(':', '\\:')}`)
}

/** Brackets and colons end the parts of a specification. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, (character) => `\\${character}`)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
