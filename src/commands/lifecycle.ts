import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {durationFlag} from '../cli/flags.ts'
import {lifecycleView} from '../cli/views/lifecycle.ts'
import {rowDocument} from '../cli/views/mutation.ts'
import {firstSteps} from '../cli/views/steps.ts'
import {DecnetError} from '../fleet/errors.ts'
import {isOpen, type LifecycleRow} from '../fleet/lifecycle.ts'
import {lifecycleRows, watchLifecycle} from '../operations/lifecycle.ts'

const STATUSES = ['pending', 'running', 'succeeded', 'failed'] as const

export default class Lifecycle extends BaseCommand {
  static override summary = 'Show how deployments went, decky by decky.'
  static override description =
    'Shows the rows of the last deployment, or those asked for. Exits 0 when all succeeded, 3 when any failed, 4 when any is still open.'
  static override exits = [...STATE_EXITS, 3, 4] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --decky web-01 --limit 5',
    '<%= config.bin %> <%= command.id %> --watch --timeout 5m --json',
  ]
  static override strict = false
  static override args = {
    ids: textArgument({required: false, description: 'Ids of rows.'}),
  }
  static override flags = {
    decky: Flags.string({summary: 'Rows of this decky, of all deployments.', helpGroup: 'FILTER'}),
    deployment: Flags.integer({summary: 'Rows of this deployment.', min: 1, helpGroup: 'FILTER'}),
    status: Flags.option({summary: 'Rows in this status.', options: STATUSES, helpGroup: 'FILTER'})(),
    limit: Flags.integer({summary: 'Only the newest so many rows.', min: 1, max: 100_000, helpGroup: 'FILTER'}),
    watch: Flags.boolean({default: false, char: 'w', summary: 'Wait until no row is open any more.'}),
    timeout: durationFlag({
      summary: 'With --watch: give up after this long.',
      default: 600_000,
      defaultHelp: async () => '10m',
    }),
  }

  async run(): Promise<unknown> {
    const {argv, flags} = await this.parse(Lifecycle)
    const context = await this.makeContext(flags)
    const {decky, deployment, status, limit} = flags
    const query = {ids: (argv as string[]).map(rowId), decky, deployment, status, limit}
    const rows = flags.watch
      ? await watchLifecycle(context.deps, query, {timeoutMs: flags.timeout, signal: this.signal})
      : lifecycleRows(context.deps, query)
    const everything = [decky, deployment, status].every((wish) => wish === undefined) && query.ids.length === 0
    const text =
      rows.length === 0 && everything
        ? `Nothing has been deployed yet.\n\n${firstSteps(context.style)}`
        : lifecycleView(rows, context.style, context.width)
    this.print(text)
    process.exitCode = exitCodeOf(rows)
    return {schema: 'decnet.lifecycle/v1', ok: process.exitCode === 0, rows: rows.map(rowDocument)}
  }
}

function exitCodeOf(rows: readonly LifecycleRow[]): number {
  if (rows.some(({status}) => isOpen(status))) return 4
  return rows.some(({status}) => status === 'failed') ? 3 : 0
}

function rowId(text: string): number {
  const id = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw new DecnetError('USAGE', `${text} is not the id of a lifecycle row`, {hint: 'ids are whole numbers'})
}
