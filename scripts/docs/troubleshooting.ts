import {EXIT, EXIT_CODES} from '../../src/cli/exit-codes.ts'
import {DIAGNOSTIC_ADVICE} from '../../src/cli/troubleshooting/diagnostics.ts'
import {ERROR_ADVICE} from '../../src/cli/troubleshooting/errors.ts'
import {code, GENERATED, page, plain, table} from './markdown.ts'
import {FAMILIES} from './problem-families.ts'

export function troubleshootingPage(): string {
  const advice = new Map(Object.entries(DIAGNOSTIC_ADVICE))
  const exits = new Map<string, keyof typeof EXIT_CODES>(Object.entries(EXIT))
  return page(
    '# Troubleshooting',
    GENERATED,
    'Every error has a code: `--json` shows it in `error.code`, and the exit code tells which ones it can be ([exit-codes.md](exit-codes.md)). Three commands tell more than any page: `decnet doctor` checks the machine, `decnet status` looks at what runs, `decnet lifecycle` shows how the last deployment went. Whatever failed: running the same command again resumes, and never does anything twice.',
    ...Object.entries(ERROR_ADVICE).flatMap(([name, {meaning, steps}]) => {
      const exit = exits.get(name)
      return [
        `## ${name}`,
        exit === undefined ? '' : `Exit code ${exit}: ${EXIT_CODES[exit]}.`,
        meaning,
        steps.map((step) => `- ${step}`).join('\n'),
      ]
    }),
    '## Problems of a fleet file',
    'They come with `FLEET_FILE_INVALID`; in JSON the code stands in `error.diagnostics[].code`.',
    ...FAMILIES.flatMap(({title, codes}) => [
      `### ${title}`,
      table(
        ['code', 'means', 'do'],
        codes.map((name) => [code(name), plain(advice.get(name)?.meaning ?? ''), advice.get(name)?.fix ?? '']),
      ),
    ]),
  )
}
