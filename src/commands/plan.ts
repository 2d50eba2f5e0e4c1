import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {ENGINE_EXITS, FLEET_FILE_EXITS} from '../cli/exit-codes.ts'
import {detailedExitcode, networkFlags, parallel, replaceFleet} from '../cli/flags.ts'
import {readFleetFile} from '../cli/fleet-file.ts'
import {planOutcome} from '../cli/mutate.ts'
import {readRequest} from '../cli/request.ts'
import {deployIntent} from '../operations/deploy.ts'
import {preview} from '../operations/mutation.ts'

export default class Plan extends BaseCommand {
  static override summary = 'Show what deploying a fleet file would do.'
  static override description =
    'Compares the fleet that FILE asks for with what runs and prints the operations that would make them agree. Changes nothing: neither the state nor anything on the engine. The same plan prints the same bytes.'
  static override exits = [...ENGINE_EXITS, ...FLEET_FILE_EXITS, 2, 6] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %> fleet.ini',
    '<%= config.bin %> <%= command.id %> fleet.ini --replace-fleet --detailed-exitcode',
    '<%= config.bin %> <%= command.id %> fleet.ini --json',
  ]
  static override args = {
    file: textArgument({required: true, description: 'The fleet file; - reads standard input.'}),
  }
  static override flags = {
    ...networkFlags,
    parallel,
    'replace-fleet': replaceFleet,
    'detailed-exitcode': detailedExitcode,
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Plan)
    const context = await this.makeContext(flags)
    const file = readFleetFile(args.file)
    const intent = deployIntent(context.deps, readRequest(file, flags, context), file)
    const plan = await preview(context.deps, intent, {parallel: flags.parallel, signal: this.signal})
    return this.conclude(planOutcome(plan, context, flags['detailed-exitcode'], flags['replace-fleet']))
  }
}
