import {serviceReferences} from '../catalog/reference.ts'
import {standInNote} from '../catalog/stand-ins.ts'
import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {catalogOutcome} from '../cli/catalog-command.ts'
import {servicesView, serviceView} from '../cli/views/catalog.ts'

export default class Services extends BaseCommand {
  static override summary = 'Show the services that deckies can offer.'
  static override description =
    'Without NAME, lists them with their ports. With NAME, tells what listens on each port, the options with their types, ranges and defaults, the products it can claim to be and which of them it is by default on which OS, the events it reports, the archetypes that offer it, and a part of a fleet file that uses it.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> ssh',
    '<%= config.bin %> <%= command.id %> ssh --json',
  ]
  static override args = {
    name: textArgument({required: false, description: 'Name of a service; without it, all are listed.'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Services)
    const explain = standInNote
    const pages = {kind: 'service', items: serviceReferences(), list: servicesView, one: serviceView, explain}
    const {text, document} = catalogOutcome(pages, args.name, flags.color)
    return this.conclude({text, document, exitCode: 0})
  }
}
