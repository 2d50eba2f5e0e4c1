import {bashScript} from './bash.ts'
import {fishScript} from './fish.ts'
import {type CliModel, cliModel, type Manifest} from './model.ts'
import type {Shell} from './shell.ts'
import {zshScript} from './zsh.ts'

const SCRIPTS: Readonly<Record<Shell, (model: CliModel) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** The script that makes a shell complete decnet's command line. */
export function completionScript(shell: Shell, manifest: Manifest): string {
  return SCRIPTS[shell](cliModel(manifest))
}
