import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {completionNames, isNameKind} from '../cli/completion/names.ts'
import {SHELLS} from '../cli/completion/shell.ts'
import {DecnetError} from '../fleet/errors.ts'

export default class Completion extends BaseCommand {
  static override enableJsonFlag = false
  static override summary = 'Print the script that makes a shell complete decnet.'
  static override description =
    'Commands, flags and their values are in the script: print it again after an update. Names of deckies, services, archetypes, distros and settings are looked up as you type. In bash the package bash-completion makes the file below load by itself; without it, put the first example into ~/.bashrc.'
  static override examples = [
    {description: 'This bash:', command: 'source <(<%= config.bin %> <%= command.id %> bash)'},
    {description: 'This zsh:', command: 'source <(<%= config.bin %> <%= command.id %> zsh)'},
    {description: 'This fish:', command: '<%= config.bin %> <%= command.id %> fish | source'},
    {
      description: 'Every bash from now on:',
      command:
        '<%= config.bin %> <%= command.id %> bash > ~/.local/share/bash-completion/completions/<%= config.bin %>',
    },
    {
      description: 'Every zsh from now on:',
      command: '<%= config.bin %> <%= command.id %> zsh > "$fpath[1]/_<%= config.bin %>"',
    },
    {
      description: 'Every fish from now on:',
      command: '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    },
  ]
  static override args = {
    shell: textArgument({required: false, options: [...SHELLS], description: 'The shell.'}),
  }
  static override flags = {
    names: Flags.string({hidden: true, summary: 'Print the names of one kind, one a line, and nothing else.'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Completion)
    if (flags.names !== undefined) return this.#printNames(flags.names, flags['state-dir'])
    const shell = SHELLS.find((name) => name === args.shell)
    if (shell === undefined) {
      throw new DecnetError('USAGE', 'which shell?', {hint: 'decnet completion bash, zsh or fish'})
    }
    const {completionScript} = await import('../cli/completion/index.ts')
    this.print(completionScript(shell, this.config))
  }

  async #printNames(kind: string, flag: string | undefined): Promise<void> {
    if (!isNameKind(kind)) return
    const stateDir = async () => {
      const {resolveStateDir} = await import('../state/state-dir.ts')
      return resolveStateDir({flag, env: process.env, uid: process.getuid?.(), cwd: process.cwd()})
    }
    const names = await completionNames(kind, stateDir)
    if (names.length > 0) this.print(names.join('\n'))
  }
}
