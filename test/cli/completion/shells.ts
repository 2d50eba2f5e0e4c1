/** Asks a real shell what it would complete a line to. */
import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import type {Shell} from '../../../src/cli/completion/shell.ts'

const LIMIT_MS = 20_000

/** A directory with a completion script, files to complete to, and a `decnet` that only knows `--names`. */
export class CompletionWorld {
  readonly directory = mkdtempSync(join(tmpdir(), 'decnet-completion-'))

  constructor() {
    mkdirSync(join(this.directory, 'bin'))
    mkdirSync(join(this.directory, 'work'))
    mkdirSync(join(this.directory, 'work', 'fleets'))
    for (const name of ['fleet.ini', 'my office.ini', 'notes.txt']) this.write(join('work', name), '')
    const stub = this.write(
      join('bin', 'decnet'),
      `#!/bin/sh
[ "$1 $2" = "completion --names" ] || exit 1
case "$3 $*" in
  deckies*"--state-dir /other"* | deckies*"--state-dir=/other"*) printf 'elsewhere-01\\n' ;;
  deckies*) printf 'web-01\\nweb-02\\ndb.core\\n' ;;
  services*) printf 'ssh\\nhttp\\n' ;;
  settings*) printf 'deployment-limit\\nparallel\\n' ;;
esac
`,
    )
    chmodSync(stub, 0o755)
  }

  write(name: string, text: string): string {
    const path = join(this.directory, name)
    writeFileSync(path, text)
    return path
  }

  /** What the words that the cursor stands behind complete to, in no particular order. */
  complete(shell: Shell, script: string, words: readonly string[]): string[] {
    const path = this.write(`completion.${shell}`, script)
    return ASK[shell](this, path, words)
      .filter((line) => line !== '')
      .toSorted()
  }

  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
    const {stdout, stderr, status, error} = spawnSync(command, args, {
      cwd: join(this.directory, 'work'),
      encoding: 'utf8',
      timeout: LIMIT_MS,
      env: {PATH: `${join(this.directory, 'bin')}:${process.env.PATH}`, HOME: this.directory, TERM: 'dumb', ...env},
    })
    if (error !== undefined || status !== 0 || stderr !== '') {
      throw new Error(`${command} ended with ${status}: ${error?.message ?? ''}${stderr}`)
    }
    return stdout
  }

  dispose(): void {
    rmSync(this.directory, {recursive: true, force: true})
  }
}

type Ask = (world: CompletionWorld, script: string, words: readonly string[]) => string[]

const ASK: Readonly<Record<Shell, Ask>> = {bash: askBash, zsh: askZsh, fish: askFish}

/** Words as bash breaks them: `=` is one of its own. */
function askBash(world: CompletionWorld, script: string, words: readonly string[]): string[] {
  const asked = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _decnet
    ((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`
  const broken = words.flatMap((word) => word.split(/(=)/).filter((part, at) => part !== '' || at === 0))
  const ending = words.at(-1)?.endsWith('=') === true ? [...broken, ''] : broken
  // After a bare = bash hands over the = itself as the word under the cursor.
  const last = words.at(-1)?.endsWith('=') === true ? ending.slice(0, -1) : ending
  return world.run('bash', ['--norc', '-c', asked, 'bash', script, ...last]).split('\n')
}

function askFish(world: CompletionWorld, script: string, words: readonly string[]): string[] {
  const asked = 'source $argv[1]; complete -C "$argv[2]"'
  const listed = world.run('fish', ['--no-config', '-c', asked, script, words.join(' ')])
  return listed.split('\n').map((line) => line.split('\t')[0] ?? '')
}

/** Only a shell on a terminal completes, so one runs on a pseudo-terminal of zsh's own; what it offers goes to a file. */
function askZsh(world: CompletionWorld, script: string, words: readonly string[]): string[] {
  const out = world.write('offered', '')
  world.write(
    '.zshrc',
    `autoload -Uz compinit && compinit -u -D
source ${script}
compadd() {
  local -a offered
  if [[ " $*" != *" -"[OAD]" "* ]]; then
    builtin compadd -A offered "$@"
    print -rl -- $offered >> ${out}
  fi
  builtin compadd "$@"
}
ask() { zle list-choices; print -r -- '(end)' >> ${out}; exit }
zle -N ask
bindkey '^T' ask
cd ${join(world.directory, 'work')}
print -r -- '(ready)'
`,
  )
  const asked = `zmodload zsh/zpty
zpty shell "ZDOTDIR=$1 zsh -d -i"
zpty -r -m shell ready '*(ready)*' || exit 1
zpty -w -n shell "$2"$'\\x14'
zpty -r -m shell rest '*' || true
float end=$((SECONDS + 15))
while ! grep -q '(end)' "$3"; do (( SECONDS < end )) || exit 1; sleep 0.02; done
zpty -d shell
cat "$3"`
  const listed = world.run('zsh', ['-f', '-c', asked, 'zsh', world.directory, words.join(' '), out])
  return [...new Set(listed.split('\n'))].filter((line) => line !== '(end)')
}
