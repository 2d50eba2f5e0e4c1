import {CUSTOM_SECTION} from '../../src/fleet/custom-keys.ts'
import {MAX_FILE_BYTES} from '../../src/fleet/decode-text.ts'
import {MAX_LINE_LENGTH, MAX_SECTIONS} from '../../src/fleet/fleet-source.ts'
import {
  DECKY_SECTION,
  GENERAL_SECTION,
  type KeyDefinition,
  OPTION_SECTION,
  type SectionDefinition,
} from '../../src/fleet/keys.ts'
import {block, code, GENERATED, page, plain, table} from './markdown.ts'
import {FAMILIES} from './problem-families.ts'

const EXAMPLE = `[general]
domain = corp.example
exclude = 192.168.1.100-192.168.1.150   ; the DHCP range

[web]                 ; three machines: web-01, web-02, web-03
amount = 3
archetype = linux-server

[backup]
services = ssh

[backup.ssh]          ; options of one service of one decky
users = backup:backup2019`

export function fleetFilePage(): string {
  return page(
    '# The fleet file',
    GENERATED,
    'One INI file says which deckies there are to be. Everything that it leaves out is chosen, and chosen the same way each time.',
    block('ini', EXAMPLE),
    '`decnet validate FILE` reports every problem of a file at once, with its line. `-` reads standard input.',
    '## How it is written',
    writing(),
    ...[GENERAL_SECTION, DECKY_SECTION].flatMap(section),
    `## ${OPTION_SECTION.title}: ${code(OPTION_SECTION.header)}`,
    `${plain(OPTION_SECTION.summary)} [services.md](services.md) lists them; so does \`decnet services NAME\`. Options of one of several deckies, as in \`[web-02.ssh]\`, win over those of all of them.`,
    'Options that contradict each other, or those of the archetype, are refused at the line that has to change: a version that the product never had, a page of another product, two ports of one service that are the same.',
    ...section(CUSTOM_SECTION),
    'The options of a custom service are yours: each becomes an environment variable of its container. What it writes to its standard output and error is kept as `log` events; its first 1000 lines between two looks, and of each the first 2 KiB.',
    '`build` sends the directory, whole, to the engine, which builds it without asking a registry for a newer base image; `FROM scratch`, or from an image that the engine has, needs none. The image is named by what is in the directory. A build counts towards `--timeout`.',
    '## What is refused',
    'Every problem has a code, which stands in the JSON. [troubleshooting.md](troubleshooting.md#problems-of-a-fleet-file) says what each means and what to do.',
    table(
      ['family', 'codes'],
      FAMILIES.map(({title, codes}) => [title, codes.map(code).join(', ')]),
    ),
  )
}

function writing(): string {
  return [
    '- UTF-8, with or without a byte-order mark; lines end with LF or CRLF.',
    `- At most ${MAX_FILE_BYTES / 1024} KiB, ${MAX_SECTIONS} sections, ${MAX_LINE_LENGTH} characters a line.`,
    '- `[section]` on a line of its own; then `key = value` or `key: value`, one a line, not indented.',
    '- A comment is a line that begins with `;` or `#`, or what follows a blank and one of them.',
    '- `"…"` and `\'…\'` protect a value; nothing is escaped inside, and nothing is ever expanded: `%` and `$` are themselves.',
    '- Names of sections and keys are the same whatever their case. A list is separated by commas.',
  ].join('\n')
}

function section({title, header, summary, keys}: SectionDefinition): string[] {
  return [
    `## ${title}: ${code(header)}`,
    plain(summary),
    table(['key', 'type', 'means', 'without it', 'must be'], keys.map(keyRow)),
    block('ini', [header, ...keys.map(({name, example}) => `; ${name} = ${example}`)].join('\n')),
  ]
}

function keyRow({name, type, summary, fallback, constraints, aliases = []}: KeyDefinition): string[] {
  const also = aliases.length === 0 ? '' : ` (also ${aliases.map(code).join(', ')})`
  return [`${code(name)}${also}`, plain(type), plain(summary), plain(fallback), plain(constraints ?? '')]
}
