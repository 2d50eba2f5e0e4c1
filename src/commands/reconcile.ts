import {BaseCommand} from '../cli/base-command.ts'
import {MUTATION_EXITS} from '../cli/exit-codes.ts'
import {mutationFlags} from '../cli/flags.ts'
import {runIntent} from '../cli/mutate.ts'
import {reconcileIntent} from '../operations/reconcile.ts'

export default class Reconcile extends BaseCommand {
  static override summary = 'Repair what drifted from the deployed fleet.'
  static override description =
    'Compares what runs with the fleet as deployed, looking inside every decky, and repairs the difference: a removed, stopped, changed or deaf decky, a wrong address, a missing network. Needs no fleet file.'
  static override exits = MUTATION_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run --detailed-exitcode',
    '<%= config.bin %> <%= command.id %> --yes',
  ]
  static override flags = {...mutationFlags}

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Reconcile)
    const context = await this.makeContext(flags)
    return this.conclude(await runIntent(reconcileIntent(), flags, context, this.signal))
  }
}
