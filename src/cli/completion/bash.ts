import type {CliModel, CommandModel, FlagModel, Values} from './model.ts'
import {valueFlags} from './model.ts'

/** Runs in bash 3.2 too, which macOS has: no associative arrays, no `mapfile`, `compopt` only where there is one. */
const FUNCTIONS = `_decnet_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$2"))
}

_decnet_paths() {
  local IFS=$'\\n' path
  COMPREPLY=()
  for path in $(compgen "$1" -- "$3"); do
    if [[ -d $path || -z $2 || $path == *."$2" ]]; then COMPREPLY+=("$path"); fi
  done
  # A fleet file may be called anything: where none has the usual ending, all are offered.
  if [[ -n $2 && \${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen "$1" -- "$3")); fi
  compopt -o filenames 2>/dev/null
  return 0
}

_decnet_names() {
  local directory=() at word
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == --state-dir ]]; then
      word=\${COMP_WORDS[at + 1]}
      if [[ $word == "=" ]]; then word=\${COMP_WORDS[at + 2]}; fi
      directory=(--state-dir "\${word/#\\~\\//$HOME/}")
    fi
  done
  _decnet_words "$(command decnet completion --names "$1" \${directory[@]+"\${directory[@]}"} 2>/dev/null)" "$2"
}

# The number of the argument under the cursor; $1: where the arguments begin, $2: flags that take a value.
_decnet_position() {
  local at word count=1
  for ((at = $1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [[ $word == "=" ]]; then
      ((at++))
    elif [[ $word == -?* ]]; then
      if [[ " $2 " == *" $word "* && \${COMP_WORDS[at + 1]} != "=" ]]; then ((at++)); fi
    else
      ((count++))
    fi
  done
  position=$count
}
`

/** The completion script for bash. */
export function bashScript(model: CliModel): string {
  return `# bash completion for decnet; made by: decnet completion bash
${FUNCTIONS}
_decnet() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} position=0
  COMPREPLY=()
  # bash breaks --flag=value into three words.
  if [[ $cur == "=" ]]; then
    cur=
  elif [[ $prev == "=" ]] && ((COMP_CWORD > 2)); then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if ((COMP_CWORD == 1)); then
    _decnet_words '${firstWords(model).join(' ')} --help --version' "$cur"
    return
  fi
  case \${COMP_WORDS[1]} in
${model.topics.map((topic) => topicCase(model, topic.word)).join('\n')}
${model.commands
  .filter(({words}) => words.length === 1)
  .map((command) => `    ${command.words[0]}) _decnet_${functionName(command)} ;;`)
  .join('\n')}
  esac
}

${model.commands.map((command) => commandFunction(command, model)).join('\n')}
complete -F _decnet decnet
`
}

/** Commands and topics, in the order of help. */
export function firstWords({commands, topics}: CliModel): string[] {
  const single = commands.flatMap(({words}) => (words.length === 1 ? words : []))
  return [...new Set([...single, ...topics.map(({word}) => word)])].toSorted()
}

function topicCase({commands}: CliModel, word: string): string {
  const below = commands.filter(({words}) => words.length > 1 && words[0] === word)
  const cases = below.map((command) => `        ${command.words[1]}) _decnet_${functionName(command)} ;;`)
  return `    ${word})
      if ((COMP_CWORD == 2)); then
        _decnet_words '${below.map(({words}) => words[1]).join(' ')}' "$cur"
        return
      fi
      case \${COMP_WORDS[2]} in
${cases.join('\n')}
      esac
      ;;`
}

function commandFunction(command: CommandModel, model: CliModel): string {
  const {flags, args, words, variadic} = command
  const values = flags.filter((flag) => flag.values !== undefined)
  const cases = values.map((flag) => `    ${spellings(flag).join(' | ')}) ${action(flag.values, model)}; return ;;`)
  const positions = args.map((arg, index) => {
    const repeated = variadic && index === args.length - 1
    return `    ${repeated ? '*' : index + 1}) ${action(arg.values, model)} ;;`
  })
  const flagWords = flags.map(({name}) => `--${name}`).join(' ')
  return `_decnet_${functionName(command)}() {
  case $prev in
${cases.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    _decnet_words '${flagWords}' "$cur"
    return
  fi
  _decnet_position ${words.length + 1} '${valueFlags(command).join(' ')}'
  case $position in
${positions.join('\n')}
    *) ;;
  esac
}
`
}

function spellings({name, char}: FlagModel): string[] {
  return char === undefined ? [`--${name}`] : [`--${name}`, `-${char}`]
}

function action(values: Values | undefined, model: CliModel): string {
  switch (values?.type) {
    case 'words':
      return `_decnet_words '${values.words.join(' ')}' "$cur"`
    case 'names':
      return `_decnet_names ${values.of} "$cur"`
    case 'files':
      return `_decnet_paths -f '${values.extension ?? ''}' "$cur"`
    case 'directories':
      return `_decnet_paths -d '' "$cur"`
    case 'commands':
      return `_decnet_words '${firstWords(model).join(' ')}' "$cur"`
    default:
      return ':'
  }
}

function functionName({words}: CommandModel): string {
  return words.join('_').replaceAll('-', '_')
}
