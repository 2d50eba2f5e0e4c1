import {archetypeReferences} from '../catalog/reference.ts'
import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {catalogOutcome} from '../cli/catalog-command.ts'
import {archetypesView, archetypeView} from '../cli/views/catalog.ts'

export default class Archetypes extends BaseCommand {
  static override summary = 'Show the kinds of machines that deckies can play.'
  static override description =
    'Without NAME, lists them. With NAME, tells the operating system, services, ports and distros of one, and a part of a fleet file that uses it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> linux-server',
    '<%= config.bin %> <%= command.id %> linux-server --json',
  ]
  static override args = {
    name: textArgument({required: false, description: 'Name of an archetype; without it, all are listed.'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Archetypes)
    const pages = {kind: 'archetype', items: archetypeReferences(), list: archetypesView, one: archetypeView}
    const {text, document} = catalogOutcome(pages, args.name, flags.color)
    return this.conclude({text, document, exitCode: 0})
  }
}
