import {CATALOG} from '../catalog/index.ts'
import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {buildDirectories} from '../cli/build-directory.ts'
import {FLEET_FILE_EXITS} from '../cli/exit-codes.ts'
import {readFleetFile} from '../cli/fleet-file.ts'
import {optionDirectories} from '../cli/option-directories.ts'
import {diagnosticText} from '../cli/views/diagnostics.ts'
import {makeStyle} from '../cli/views/style.ts'
import {deckies, sanitize} from '../cli/views/text.ts'
import {columnsOf} from '../cli/views/width.ts'
import {engineDoubts} from '../fleet/engine-rules.ts'
import {readFleetSpec} from '../fleet/read-spec.ts'

export default class Validate extends BaseCommand {
  static override summary = 'Check a fleet file.'
  static override description =
    'Reads FILE and reports every problem at once, with its place. Needs no Docker and reads no state: what only the network or the fleet can tell (an address already in use) is the business of `plan`.'
  static override exits = FLEET_FILE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> fleet.ini',
    'cat fleet.ini | <%= config.bin %> <%= command.id %> - --json',
  ]
  static override args = {
    file: textArgument({required: true, description: 'The fleet file; - reads standard input.'}),
  }

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(Validate)
    const file = readFleetFile(args.file)
    const {spec, warnings: found} = readFleetSpec(file.name, file.bytes, CATALOG, {
      directories: optionDirectories(file.path),
      builds: buildDirectories(file.path),
    })
    const warnings = [...found, ...engineDoubts(spec)]
    const style = makeStyle({isTTY: process.stderr.isTTY === true, noColorFlag: !flags.color, env: process.env})
    for (const warning of warnings)
      process.stderr.write(`${diagnosticText(warning, style, columnsOf(process.stderr))}\n`)
    this.print(`${sanitize(file.name)}: ok, ${deckies(spec.deckies.length)}`)
    return {
      schema: 'decnet.validate/v1',
      ok: true,
      deckies: spec.deckies.length,
      warnings: warnings.map(({code, summary, hint, place}) => ({
        severity: 'warning',
        code,
        summary,
        ...(hint === undefined ? {} : {hint}),
        ...(place === undefined
          ? {}
          : {file: place.file, line: place.line, column: place.column, snippet: place.snippet}),
      })),
    }
  }
}
