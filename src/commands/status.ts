import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {ENGINE_EXITS} from '../cli/exit-codes.ts'
import {failureOf} from '../cli/failure.ts'
import {detailedExitcode, parallel} from '../cli/flags.ts'
import {statusDocument, statusView} from '../cli/views/status.ts'
import {firstSteps} from '../cli/views/steps.ts'
import {sanitizeLines} from '../cli/views/text.ts'
import {type FleetStatus, fleetStatus} from '../operations/status.ts'

export default class Status extends BaseCommand {
  static override summary = 'Show the fleet: what is wanted beside what runs.'
  static override description =
    'Asks the engine, and looks inside each running decky: its address, its MAC, and whether every service answers. Where the engine cannot be asked the deckies are shown as unknown, never as gone.'
  static override exits = [...ENGINE_EXITS, 2] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> web-01 --json',
    '<%= config.bin %> <%= command.id %> --detailed-exitcode || decnet reconcile --yes',
  ]
  static override strict = false
  static override args = {
    deckies: textArgument({required: false, description: 'Names of deckies; without any, all.'}),
  }
  static override flags = {parallel, 'detailed-exitcode': detailedExitcode}

  async run(): Promise<unknown> {
    const {argv, flags} = await this.parse(Status)
    const context = await this.makeContext(flags)
    const status = await fleetStatus(context.deps, {
      deckies: argv as string[],
      signal: this.signal,
      parallel: flags.parallel,
    })
    if (status === null) {
      this.print(`There is no fleet yet.\n\n${firstSteps(context.style)}`)
      return {schema: 'decnet.status/v1', ok: true, fleet: null, deckies: [], leftovers: [], formerEngines: []}
    }
    this.print(statusView(status, context.style, context.width))
    if (status.engineError !== null) {
      process.stderr.write(`${context.errorStyle.bad('error')}: ${sanitizeLines(status.engineError.message)}\n`)
      process.exitCode = failureOf(status.engineError).exit
    } else if (flags['detailed-exitcode'] && hasDrift(status)) {
      process.exitCode = 2
    }
    return statusDocument(status)
  }
}

function hasDrift({deckies, leftovers}: FleetStatus): boolean {
  return leftovers.length > 0 || deckies.some(({drift}) => drift.length > 0)
}
