import {distroReferences} from '../catalog/reference.ts'
import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {catalogOutcome} from '../cli/catalog-command.ts'
import {distrosView, distroView} from '../cli/views/catalog.ts'

export default class Distros extends BaseCommand {
  static override summary = 'Show the operating-system distributions that deckies can claim.'
  static override description =
    'Without NAME, lists them. With NAME, tells which operating system one looks like, how its machines are named, and a part of a fleet file that uses it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> debian',
    '<%= config.bin %> <%= command.id %> debian --json',
  ]
  static override args = {
    name: textArgument({required: false, description: 'Name of a distro; without it, all are listed.'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Distros)
    const pages = {kind: 'distro', items: distroReferences(), list: distrosView, one: distroView}
    const {text, document} = catalogOutcome(pages, args.name, flags.color)
    return this.conclude({text, document, exitCode: 0})
  }
}
