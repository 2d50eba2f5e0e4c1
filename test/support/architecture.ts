/** Who may import whom: reads import specifiers, and knows the rules of the layers. */
import {readdirSync, readFileSync} from 'node:fs'
import {dirname, join, normalize, relative} from 'node:path'

export interface Import {
  readonly specifier: string
  /** Leaves no trace at run time. */
  readonly typeOnly: boolean
  /** Loaded when it is needed, not when the importer is. */
  readonly dynamic: boolean
}

/** Source text by path, e.g. `fleet/plan.ts`. */
export type Sources = ReadonlyMap<string, string>

interface Edge extends Import {
  readonly from: string
  /** A path of the sources, or a package. */
  readonly to: string
  readonly local: boolean
}

const STATIC = /^[ \t]*(import|export)\b(\s+type\b)?[^'"`;()]*?(?:\bfrom\s*)?(['"])([^'"\n]+)\3/gm
const CALLED = /(?<![#.\w])(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g
const COMPUTED = /(?<![#.\w])import\s*\(\s*(?!['"])[^)\s]|\bcreateRequire\b/

/** Every import of a source: static, re-exported, dynamic and by `require`. */
export function importsOf(source: string): Import[] {
  const code = source.replace(/^\s*\/\/.*$/gm, '').replace(/^\s*\/\*[\s\S]*?\*\//gm, '')
  const fixed = [...code.matchAll(STATIC)].flatMap(([, word, type, , specifier = '']) =>
    // `export const x = 'text'` has no `from` and is no import.
    word === 'export' && !isReExport(code, specifier) ? [] : {specifier, typeOnly: type !== undefined, dynamic: false},
  )
  const called = [...code.matchAll(CALLED)].map(([, , specifier = '']) => ({
    specifier,
    typeOnly: false,
    dynamic: true,
  }))
  return [...fixed, ...called]
}

function isReExport(code: string, specifier: string): boolean {
  return code.includes(`from '${specifier}'`) || code.includes(`from "${specifier}"`)
}

/** What a source may import, by the beginning of its path; the longest beginning that fits counts. */
interface Rule {
  /** Beginnings of paths. */
  readonly local: readonly string[]
  /** Beginnings of paths that may only be imported as types. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
  /** Packages that may only be imported dynamically, or as types. */
  readonly lazy?: readonly string[]
}

const NODE = 'node:'
const DEFINITIONS = /^decoy\/services\/[^/]+\/definition\.ts$/
const SHARED_WITH_DECOY = ['decoy/manifest.ts', 'decoy/sample.ts']
/** Options that several definitions have: data like theirs. */
const COMMON_OPTIONS = ['decoy/common-options.ts', 'decoy/mailbox/dovecot-options.ts']
/** What the embedded engine and its process leave for each other: files, requests, the socket between them. */
const SHARED_WITH_PROCESS = ['protocol', 'files', 'evidence-files', 'process-identity', 'socket-path'].map(
  (name) => `decoy/embedded/${name}.ts`,
)
const BELOW_CLI = ['fleet/', 'catalog/', 'network/', 'state/', 'engines/', 'events/', 'operations/', 'cli/']

const RULES: Readonly<Record<string, Rule>> = {
  'fleet/': {local: ['fleet/'], packages: ['netmask', 'ini', 'node:crypto']},
  'catalog/': {local: ['fleet/', 'catalog/', 'decoy/definition.ts']},
  'network/': {local: ['fleet/', 'network/'], packages: [NODE, 'netmask'], lazy: ['systeminformation']},
  'state/': {local: ['fleet/', 'state/'], packages: [NODE, 'better-sqlite3']},
  'events/': {
    local: ['fleet/', 'state/', 'events/'],
    packages: [NODE, 'better-sqlite3'],
    lazy: ['@nats-io/transport-node', 'nodemailer'],
  },
  'engines/': engineRule([]),
  'engines/docker/': {...engineRule(['engines/docker/']), lazy: ['dockerode', 'docker-modem']},
  'engines/embedded/': {
    ...engineRule(['engines/embedded/', ...SHARED_WITH_PROCESS]),
    types: ['decoy/persona.ts', 'decoy/port-keeper.ts', 'decoy/status.ts', 'events/event.ts'],
  },
  'operations/': {
    local: [
      'fleet/',
      'catalog/',
      'network/',
      'state/',
      'engines/engine.ts',
      'engines/executor.ts',
      'events/',
      'operations/',
    ],
    packages: [NODE],
    lazy: ['saxes'],
  },
  'cli/': {
    // How the files of a site travel, and what passes as a mail, is one thing on both sides.
    local: [...BELOW_CLI, 'decoy/directory-archive.ts', 'decoy/mailbox/mail-files.ts'],
    packages: [NODE, '@oclif/core', 'chalk', 'listr2'],
    lazy: [
      '@inquirer/confirm',
      '@inquirer/input',
      '@inquirer/select',
      '@opentelemetry/api',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
      '@opentelemetry/sdk-trace-base',
    ],
  },
  'commands/': {local: [...BELOW_CLI, 'commands/'], packages: [NODE, '@oclif/core', 'chalk', 'listr2']},
  'decoy/': {local: ['decoy/', 'events/event.ts'], packages: [NODE]},
  'decoy/definition.ts': {local: [], types: ['events/event.ts']},
  ...Object.fromEntries(COMMON_OPTIONS.map((path) => [path, {local: COMMON_OPTIONS, types: ['decoy/definition.ts']}])),
  'decoy/services/ssh/': {local: ['decoy/', 'events/event.ts'], packages: [NODE, 'ssh2']},
}

function engineRule(own: readonly string[]): Rule {
  return {
    // How a manifest is passed on and how foreign text is escaped is one thing on both sides.
    local: ['fleet/', 'engines/engine.ts', 'engines/executor.ts', 'engines/manifest.ts', ...SHARED_WITH_DECOY, ...own],
    types: ['decoy/persona.ts', 'events/event.ts'],
    packages: [NODE],
  }
}

/** HTTPS has the options of HTTP. */
const SHARED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'decoy/services/smtp_relay/definition.ts': ['definition', 'choice'].map((name) => `decoy/services/smtp/${name}.ts`),
  'decoy/services/https/definition.ts': [
    'decoy/services/http/definition.ts',
    ...['choice', 'names', 'versions'].map((name) => `decoy/services/http/products/${name}.ts`),
  ],
}

/** Data that lies beside a definition may be imported by it; a server may not. */
function definitionRule(path: string): Rule {
  return {
    local: [`${dirname(path)}/`, ...COMMON_OPTIONS, ...(SHARED_OPTIONS[path] ?? [])],
    types: ['decoy/definition.ts'],
  }
}

function ruleFor(path: string): Rule {
  if (DEFINITIONS.test(path)) return definitionRule(path)
  const [longest] = Object.keys(RULES)
    .filter((beginning) => path.startsWith(beginning))
    .toSorted((a, b) => b.length - a.length)
  return (longest === undefined ? undefined : RULES[longest]) ?? {local: []}
}

/** Every import that breaks a rule, and every cycle, as `importer: what is wrong`. */
export function violations(sources: Sources): string[] {
  const edges = [...sources].flatMap(([from, source]) => importsOf(source).map((each) => edge(from, each)))
  const computed = [...sources].flatMap(([path, source]) =>
    COMPUTED.test(source) && !path.startsWith('decoy/services/') ? `${path}: an import that cannot be read` : [],
  )
  return [...edges.flatMap((each) => complaint(each) ?? []), ...heavyDefinitions(edges), ...computed, ...cycles(edges)]
}

function edge(from: string, found: Import): Edge {
  const local = found.specifier.startsWith('.')
  return {...found, from, local, to: local ? normalize(join(dirname(from), found.specifier)) : found.specifier}
}

function complaint({from, to, local, typeOnly, dynamic}: Edge): string | undefined {
  const rule = ruleFor(from)
  const fits = (list: readonly string[] = []) => list.some((allowed) => matches(to, allowed, local))
  if (local) {
    if (fits(rule.local) || (from.startsWith('catalog/') && DEFINITIONS.test(to))) return undefined
    if (fits(rule.types)) return typeOnly ? undefined : `${from}: imports more than types of ${to}`
    return `${from}: imports ${to}`
  }
  if (fits(rule.packages)) return undefined
  if (fits(rule.lazy)) return typeOnly || dynamic ? undefined : `${from}: loads ${to} at start`
  return `${from}: imports ${to}`
}

function matches(to: string, allowed: string, local: boolean): boolean {
  if (local) return to.startsWith(allowed)
  return allowed === NODE ? to.startsWith(NODE) : to === allowed || to.startsWith(`${allowed}/`)
}

/** What a definition loads, be it through others, must not be more than data. */
function heavyDefinitions(edges: readonly Edge[]): string[] {
  const definitions = new Set(edges.map(({from}) => from).filter((path) => DEFINITIONS.test(path)))
  return [...definitions].flatMap((definition) =>
    [...reachable(definition, edges)].flatMap((path) =>
      edges
        // What it imports itself is complained about already.
        .filter(
          ({from, typeOnly, to}) =>
            from === path &&
            from !== definition &&
            !typeOnly &&
            !to.startsWith(`${dirname(definition)}/`) &&
            !COMMON_OPTIONS.includes(to) &&
            SHARED_OPTIONS[definition]?.includes(to) !== true,
        )
        .map(({to}) => `${definition}: loads ${to}`),
    ),
  )
}

function reachable(start: string, edges: readonly Edge[]): ReadonlySet<string> {
  const seen = new Set([start])
  for (const path of seen) {
    for (const {from, to, typeOnly, local} of edges) if (from === path && local && !typeOnly) seen.add(to)
  }
  return seen
}

/** Cycles of imports that happen when a module is loaded. */
function cycles(edges: readonly Edge[]): string[] {
  const targets = Map.groupBy(
    edges.filter(({typeOnly, dynamic, local}) => local && !typeOnly && !dynamic),
    ({from}) => from,
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, above: readonly string[]): void => {
    const start = above.indexOf(path)
    if (start >= 0) found.push(`${path}: imports itself through ${[...above.slice(start + 1), path].join(', ')}`)
    if (start >= 0 || done.has(path)) return
    for (const {to} of targets.get(path) ?? []) visit(to, [...above, path])
    done.add(path)
  }
  for (const path of targets.keys()) visit(path, [])
  return found
}

/** All TypeScript below a directory. */
export function readSources(directory: string): Sources {
  const files = readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
  return new Map(files.map((path) => [relative(directory, path), readFileSync(path, 'utf8')]))
}
