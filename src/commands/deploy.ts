import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {FLEET_FILE_EXITS, MUTATION_EXITS} from '../cli/exit-codes.ts'
import {mutationFlags, networkFlags, replaceFleet} from '../cli/flags.ts'
import {readFleetFile} from '../cli/fleet-file.ts'
import {runIntent} from '../cli/mutate.ts'
import {readRequest} from '../cli/request.ts'
import {deployIntent} from '../operations/deploy.ts'

export default class Deploy extends BaseCommand {
  static override summary = 'Deploy the deckies of a fleet file.'
  static override description =
    'Adds the deckies of FILE to the fleet; with --replace-fleet the file is the whole fleet. Nothing but what differs is touched: a decky that is as it should be keeps running. Running the same command again resumes whatever an interruption or a failure left undone.'
  static override exits = [...MUTATION_EXITS, ...FLEET_FILE_EXITS, 6] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %> fleet.ini',
    '<%= config.bin %> <%= command.id %> fleet.ini --dry-run',
    '<%= config.bin %> <%= command.id %> fleet.ini --replace-fleet --yes --json',
    'generate-fleet | <%= config.bin %> <%= command.id %> - --lock-timeout 2m',
  ]
  static override args = {
    file: textArgument({required: true, description: 'The fleet file; - reads standard input.'}),
  }
  static override flags = {
    ...mutationFlags,
    ...networkFlags,
    'replace-fleet': replaceFleet,
    'log-file': Flags.string({
      summary: 'File that evidence is written to.',
      env: 'DECNET_INGEST_LOG_FILE',
      helpGroup: 'FLEET',
    }),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Deploy)
    const context = await this.makeContext(flags)
    const file = readFleetFile(args.file)
    const request = readRequest(file, flags, context)
    const intent = deployIntent(context.deps, request, file)
    return this.conclude(await runIntent(intent, flags, context, this.signal, {replaceFleet: request.replaceFleet}))
  }
}
