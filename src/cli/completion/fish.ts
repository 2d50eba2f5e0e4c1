import {type CliModel, type CommandModel, type FlagModel, type Values, valueFlags} from './model.ts'

const FUNCTIONS = `# Whether the words before the cursor are exactly: decnet $argv
function __decnet_at
    set -l words (commandline -opc)
    set -e words[1]
    test "$words" = "$argv"
end

# Whether they begin with: decnet $argv
function __decnet_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l count (count $argv)
    test (count $words) -ge $count; and test "$words[1..$count]" = "$argv"
end

# Whether the argument under the cursor has a number from $argv[1] to $argv[2], $argv[3] being the flags that take a value.
function __decnet_argument
    __decnet_in $argv[4..-1]; or return 1
    set -l flags (string split ' ' -- $argv[3])
    set -l words (commandline -opc)
    set -e words[1..(count $argv[3..-1])]
    set -l position 1
    set -l skip 0
    for word in $words
        if test $skip -eq 1
            set skip 0
        else if contains -- $word $flags
            set skip 1
        else if not string match -q -- '-*' $word
            set position (math $position + 1)
        end
    end
    test $skip -eq 0; and test $position -ge $argv[1]; and test $position -le $argv[2]
end

# Asked each time: what is deployed changes.
function __decnet_names
    set -l directory
    set -l words (commandline -opc)
    if set -l at (contains -i -- --state-dir $words); and test $at -lt (count $words)
        set directory --state-dir $words[(math $at + 1)]
    else if set -l given (string match -- '--state-dir=*' $words)
        set directory $given[-1]
    end
    command decnet completion --names $argv[1] $directory 2>/dev/null
end

function __decnet_files
    __fish_complete_suffix .$argv[1]
end
`

const NO_LIMIT = 100_000

/** The completion script for fish. */
export function fishScript(model: CliModel): string {
  const first = [
    ...model.topics.map(({word, summary}) => firstWord(word, summary)),
    ...model.commands.flatMap(({words, summary}) =>
      words.length === 1 ? [firstWord(words[0] ?? '', summary)] : [secondWord(words, summary)],
    ),
  ]
  return `# fish completion for decnet; made by: decnet completion fish
${FUNCTIONS}
complete -c decnet -f
complete -c decnet -n '__decnet_at' -l help -s h -d 'Show help.'
complete -c decnet -n '__decnet_at' -l version -d 'Show the version.'
${[...first, ...model.commands.flatMap((command) => commandLines(command, model))].join('\n')}
`
}

function firstWord(word: string, summary: string): string {
  return `complete -c decnet -n '__decnet_at' -a ${word} -d ${quoted(summary)}`
}

function secondWord([topic = '', word = '']: readonly string[], summary: string): string {
  return `complete -c decnet -n '__decnet_at ${topic}' -a ${word} -d ${quoted(summary)}`
}

function commandLines(command: CommandModel, model: CliModel): string[] {
  const {words, flags, args, variadic} = command
  const path = words.join(' ')
  const skipped = valueFlags(command).join(' ')
  return [
    ...flags.map((flag) => `complete -c decnet -n '__decnet_in ${path}' ${flagOptions(flag, model)}`),
    ...args.flatMap(({values}, index) => {
      const last = variadic && index === args.length - 1 ? NO_LIMIT : index + 1
      const options = valueOptions(values, model)
      const condition = `__decnet_argument ${index + 1} ${last} "${skipped}" ${path}`
      return options === '' ? [] : [`complete -c decnet -n '${condition}' ${options}`]
    }),
  ]
}

function flagOptions({name, char, summary, values}: FlagModel, model: CliModel): string {
  const short = char === undefined ? '' : ` -s ${char}`
  const value = values === undefined ? '' : ` -x ${valueOptions(values, model)}`
  return `-l ${name}${short}${value.trimEnd()} -d ${quoted(summary)}`
}

function valueOptions(values: Values, {commands, topics}: CliModel): string {
  switch (values.type) {
    case 'words':
      return `-a ${quoted(values.words.join(' '))}`
    case 'names':
      return `-a '(__decnet_names ${values.of})'`
    case 'files':
      return values.extension === undefined ? '-F' : `-a '(__decnet_files ${values.extension})'`
    case 'directories':
      return `-a '(__fish_complete_directories (commandline -ct))'`
    case 'commands': {
      const first = new Set([...commands.map(({words}) => words[0] ?? ''), ...topics.map(({word}) => word)])
      return `-a ${quoted([...first].toSorted().join(' '))}`
    }
    case 'nothing':
      return ''
    default:
      return values satisfies never
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, (character) => `\\${character}`)}'`
}
