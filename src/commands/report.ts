import {writeFile} from 'node:fs/promises'

import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {DecnetError} from '../fleet/errors.ts'
import {htmlReport} from '../operations/report.ts'

export default class Report extends BaseCommand {
  static override summary = 'Write a page of what intruders did: when, who, where, with what.'
  static override description =
    'One HTML file that needs nothing else and loads nothing from anywhere: it can be mailed, printed and kept. Shows what `decnet events` or `decnet collect` has taken off the deckies.'
  static override exits = [...STATE_EXITS, 77] as const
  static override examples = ['<%= config.bin %> <%= command.id %> --since 7d --html report.html']
  static override flags = {
    since: Flags.string({summary: 'Not before: 7d, 12h, or 2026-03-01T12:00Z.', default: '7d'}),
    html: Flags.string({summary: 'The file to write; it is replaced.', required: true}),
  }

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Report)
    const {deps} = await this.makeContext(flags)
    const page = htmlReport(deps, parseMoment(flags.since, deps.now()))
    await writeFile(flags.html, page, {mode: 0o600}).catch((error: NodeJS.ErrnoException) => {
      const code = error.code === 'EACCES' || error.code === 'EPERM' ? 'PERMISSION' : 'USAGE'
      throw new DecnetError(code, `${flags.html} cannot be written: ${error.code ?? error.message}`, {
        hint: 'name a file in a folder that is there and that you may write',
        cause: error,
      })
    })
    this.print(`Written to ${flags.html}`)
    return {schema: 'decnet.report/v1', ok: true, path: flags.html}
  }
}
