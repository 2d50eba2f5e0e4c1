import {Flags} from '@oclif/core'

import {CATALOG} from '../catalog/index.ts'
import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {initFlags, inputOf} from '../cli/init-flags.ts'
import {initDocument, initView} from '../cli/views/init.ts'
import {makeStyle} from '../cli/views/style.ts'
import {deckies} from '../cli/views/text.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {FleetDraft} from '../operations/init/draft.ts'
import {draftFleet} from '../operations/init/draft-fleet.ts'
import type {InitInput} from '../operations/init/input.ts'
import type {MachineFacts} from '../operations/init/network.ts'

export default class Init extends BaseCommand {
  static override summary = 'Write a first fleet file.'
  static override description =
    'Writes a commented fleet file for the network that this machine is in. On a terminal it asks for what the flags leave open and proposes an answer to every question; elsewhere, with --yes, --json or --from-scan, nothing is asked and what is proposed is taken. Neither Docker nor the state is touched, and no file is overwritten without --force.'
  static override exits = [5, 65, 66, 77] as const
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> office.ini --deckies 8 --yes',
    '<%= config.bin %> <%= command.id %> --archetype linux-server=3 --archetype deaddeck --name-pattern "srv-{nn}"',
    '<%= config.bin %> <%= command.id %> - --deckies 5 --randomize-services --seed 7 --net 192.168.1.0/24',
    '<%= config.bin %> <%= command.id %> lan.ini --from-scan scan.xml',
  ]
  static override args = {
    file: textArgument({default: 'fleet.ini', description: 'The file to write; - writes to standard output.'}),
  }
  static override flags = {
    ...initFlags,
    'from-scan': Flags.string({
      summary: 'Imitate the machines of a report of nmap (-oX): their systems, services, vendors and names.',
      helpValue: 'SCAN.XML',
      helpGroup: 'DECKIES',
    }),
    force: Flags.boolean({default: false, summary: 'Overwrite a file that exists.', helpGroup: 'SAFETY'}),
    yes: Flags.boolean({
      default: false,
      char: 'y',
      summary: 'Ask nothing: take what is proposed.',
      env: 'DECNET_YES',
      helpGroup: 'SAFETY',
    }),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Init)
    const {checkNewFile, writeNewFile} = await import('../operations/init/write-new-file.ts')
    const {fleetText} = await import('../operations/init/fleet-text.ts')
    const toStdout = args.file === '-'
    if (toStdout && this.jsonEnabled()) {
      throw new DecnetError('USAGE', 'standard output cannot take both the file and the JSON document', {
        hint: 'name a file, or leave --json out',
      })
    }
    if (!toStdout) checkNewFile(args.file, flags.force)
    const draft = await this.#draft(args.file, inputOf(flags), flags['from-scan'], flags.yes)
    const text = fleetText(toStdout ? '<stdout>' : args.file, draft, CATALOG)
    this.signal.throwIfAborted()
    if (toStdout) this.print(text)
    else writeNewFile(args.file, text, flags.force)
    const stream = toStdout ? process.stderr : process.stdout
    const style = makeStyle({isTTY: stream.isTTY === true, noColorFlag: !flags.color, env: process.env})
    if (toStdout) process.stderr.write(initView(null, draft, style))
    else this.print(initView(args.file, draft, style))
    return initDocument(args.file, draft)
  }

  async #draft(file: string, input: InitInput, scan: string | undefined, yes: boolean): Promise<FleetDraft> {
    const {machineFacts} = await import('../operations/init/machine.ts')
    const machine = await machineFacts(process.env)
    if (scan !== undefined) {
      const {draftFromScan} = await import('../operations/init/draft-scan.ts')
      return draftFromScan(scan, checkedScanInput(input), machine, CATALOG)
    }
    const interactive = process.stdin.isTTY === true && process.stderr.isTTY === true
    if (!interactive || yes || this.jsonEnabled()) return draftFleet(input, machine, CATALOG)
    return this.#interview(file, input, machine)
  }

  async #interview(file: string, input: InitInput, machine: MachineFacts): Promise<FleetDraft> {
    // What the flags say is refused before the first question, not after the last.
    draftFleet(input, machine, CATALOG)
    const [{interview}, {terminalAsker}] = await Promise.all([
      import('../cli/interview.ts'),
      import('../cli/prompts.ts'),
    ])
    const asker = terminalAsker(this.signal)
    const draft = draftFleet(await interview(input, machine, CATALOG, asker), machine, CATALOG)
    const what = `${deckies(draft.deckies.length)} to ${file === '-' ? 'standard output' : file}`
    if (await asker.confirm({kind: 'confirm', message: `Write ${what}?`, proposed: true})) return draft
    throw new DecnetError('DECLINED', 'declined; nothing was written')
  }
}

const DECIDED_BY_SCAN = [
  ['archetypes', '--archetype'],
  ['services', '--services'],
  ['randomServices', '--randomize-services'],
  ['distro', '--distro'],
  ['randomDistros', '--randomize-distros'],
  ['os', '--os'],
] as const

/** What a scan decides, no flag can. */
function checkedScanInput(input: InitInput): InitInput {
  const [, flag] = DECIDED_BY_SCAN.find(([key]) => input[key] !== undefined && input[key] !== false) ?? []
  if (flag === undefined) return input
  throw new DecnetError('USAGE', `${flag} and --from-scan exclude each other`, {hint: 'the scan decides it'})
}
