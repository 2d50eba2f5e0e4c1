import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {MUTATION_EXITS} from '../cli/exit-codes.ts'
import {mutationFlags} from '../cli/flags.ts'
import {runIntent} from '../cli/mutate.ts'
import {DecnetError} from '../fleet/errors.ts'
import {teardownIntent} from '../operations/teardown.ts'

export default class Teardown extends BaseCommand {
  static override summary = 'Remove deckies.'
  static override description =
    'Removes the named deckies, or with --all the whole fleet and everything that an interrupted command left. Evidence is taken off a decky before it goes. With the last decky go the network and the image.'
  static override exits = MUTATION_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> web-01 web-02',
    '<%= config.bin %> <%= command.id %> --all --yes',
  ]
  static override strict = false
  static override args = {
    deckies: textArgument({required: false, description: 'Names of deckies.'}),
  }
  static override flags = {
    ...mutationFlags,
    all: Flags.boolean({default: false, summary: 'Remove every decky.', helpGroup: 'FLEET'}),
  }

  async run(): Promise<unknown> {
    const {argv, flags} = await this.parse(Teardown)
    const names = argv as string[]
    if (flags.all === names.length > 0) {
      throw new DecnetError('USAGE', flags.all ? '--all takes no names' : 'name the deckies to remove, or say --all')
    }
    const context = await this.makeContext(flags)
    const intent = teardownIntent(flags.all ? 'all' : names)
    return this.conclude(await runIntent(intent, flags, context, this.signal))
  }
}
