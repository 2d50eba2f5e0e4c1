import {Flags} from '@oclif/core'

import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {parseMoment} from '../cli/moment.ts'
import {credentialsView} from '../cli/views/loot.ts'
import {sanitize} from '../cli/views/text.ts'
import {DecnetError} from '../fleet/errors.ts'
import {credentialsOf, type UsedCredential} from '../operations/loot.ts'

export default class Credentials extends BaseCommand {
  static override summary = 'Show which credentials were tried, how often, and where.'
  static override description =
    'Each credential once. With --format hashcat or john: challenge and response, one a line, ready to crack; hashcat reads one mode at a time, so that --mode says which where there are several. Shows what `decnet events` or `decnet collect` has taken off the deckies.'
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --success',
    '<%= config.bin %> <%= command.id %> --format hashcat --mode 5600 > netntlmv2.txt',
  ]
  static override flags = {
    decky: Flags.string({summary: 'Tried at this decky.', multiple: true, helpGroup: 'FILTER'}),
    service: Flags.string({summary: 'Tried at this service.', multiple: true, helpGroup: 'FILTER'}),
    source: Flags.string({summary: 'Tried from this IP address.', helpGroup: 'FILTER'}),
    since: Flags.string({summary: 'Not before: 2h, 30m, or 2026-03-01T12:00Z.', helpGroup: 'FILTER'}),
    success: Flags.boolean({default: false, summary: 'Those that let somebody in.', helpGroup: 'FILTER'}),
    limit: Flags.integer({
      summary: 'The most used so many.',
      min: 1,
      max: 1_000_000,
      default: 100,
      helpGroup: 'FILTER',
    }),
    format: Flags.option({
      summary: 'As a table, or as lines for a cracking tool.',
      options: ['text', 'hashcat', 'john'] as const,
      default: 'text' as const,
      exclusive: ['json'],
    })(),
    mode: Flags.string({
      summary: "Lines of this mode of hashcat's, or of this format of John's.",
      dependsOn: ['format'],
    }),
  }

  async run(): Promise<unknown> {
    const {flags} = await this.parse(Credentials)
    const {deps, style, width} = await this.makeContext(flags)
    const {decky, service, source, success, format} = flags
    const since = flags.since === undefined ? undefined : parseMoment(flags.since, deps.now())
    const query = {deckies: decky, services: service, source, since, success}
    if (format !== 'text') {
      const lines = crackable(credentialsOf(deps, query, {everyHash: true}), format, flags.mode)
      if (lines.length > 0) process.stdout.write(`${lines.map(sanitize).join('\n')}\n`)
      return undefined
    }
    const credentials = credentialsOf(deps, query).slice(0, flags.limit)
    this.print(credentialsView(credentials, style, width))
    return {schema: 'decnet.credentials/v1', ok: true, credentials}
  }
}

/** Lines of one kind. Throws DecnetError where there are several for hashcat, which takes one at a time. */
function crackable(
  credentials: readonly UsedCredential[],
  tool: 'hashcat' | 'john',
  mode: string | undefined,
): string[] {
  const kindOf = (hash: NonNullable<UsedCredential['hash']>): string | null => {
    if (tool === 'hashcat') return hash.hashcatMode === null ? null : String(hash.hashcatMode)
    return hash.format.startsWith('decnet-') ? null : hash.format
  }
  const lines = credentials.flatMap(({hash}) => {
    const kind = hash === null ? null : kindOf(hash)
    return hash === null || kind === null || (mode !== undefined && kind !== mode) ? [] : [{kind, line: hash.line}]
  })
  const kinds = [...new Set(lines.map(({kind}) => kind))].toSorted()
  if (tool === 'hashcat' && kinds.length > 1) {
    throw new DecnetError('USAGE', `there are lines of several modes: ${kinds.join(', ')}`, {
      hint: 'name one: --format hashcat --mode 5600',
    })
  }
  return [...new Set(lines.map(({line}) => line))]
}
