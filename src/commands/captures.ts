import {constants} from 'node:fs'
import {open} from 'node:fs/promises'

import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {capturesView} from '../cli/views/loot.ts'
import {DecnetError} from '../fleet/errors.ts'
import {captureOf, capturesOf} from '../operations/loot.ts'

export default class Captures extends BaseCommand {
  static override summary = 'Show the files and mails that intruders left behind, or write one to a file.'
  static override description =
    'Each content once, by its SHA-256. With a hash, or the beginning of one, and --output: what is kept of it, in a new file that nobody may execute. It is what an intruder wanted to have run: do not open it on this machine.'
  static override exits = [...STATE_EXITS, 77] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> 9f86d081 --output sample.bin',
  ]
  static override args = {hash: textArgument({required: false, description: 'SHA-256 of a capture.'})}
  static override flags = {
    since: Flags.string({summary: 'Not before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    output: Flags.string({char: 'o', summary: 'The file to write; it must not be there yet.'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Captures)
    const {deps, width} = await this.makeContext(flags)
    if (args.hash === undefined) {
      if (flags.output !== undefined)
        throw new DecnetError('USAGE', 'no capture is named', {hint: 'name one by its hash'})
      const captures = capturesOf(deps, flags.since === undefined ? undefined : parseMoment(flags.since, deps.now()))
      this.print(capturesView(captures, width))
      return {schema: 'decnet.captures/v1', ok: true, captures}
    }
    if (flags.output === undefined) {
      throw new DecnetError('USAGE', 'it is not said where to write it', {hint: 'add --output FILE'})
    }
    const {capture, content} = captureOf(deps, args.hash)
    await writeNew(flags.output, content)
    const part = capture.size > content.length ? ` of ${capture.size}` : ''
    this.print(`${content.length}${part} bytes of ${capture.sha256} written to ${flags.output}`)
    return {schema: 'decnet.captures/v1', ok: true, captures: [capture]}
  }
}

/** Never over something that is there, never executable, never through a link. */
async function writeNew(path: string, content: Buffer): Promise<void> {
  const {O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW} = constants
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o400).catch(
    (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EACCES' || error.code === 'EPERM' ? 'PERMISSION' : 'USAGE'
      throw new DecnetError(code, `${path} cannot be written: ${error.code ?? error.message}`, {
        hint: 'name a file that is not there yet, in a folder that is',
        cause: error,
      })
    },
  )
  try {
    await file.writeFile(content)
  } finally {
    await file.close()
  }
}
