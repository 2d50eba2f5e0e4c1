/** What a fenced block of a document is for, by its language and label, and who sees to it that it is right. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

import {type Fence, fencesOf} from './markdown.ts'
import {ROOT, readPage} from './pages.ts'
import type {Step} from './sandbox.ts'

/** Labels of `sh` blocks that are no files. Without one, a block is played as it stands by `commands.test.ts`. */
export const LABELS: Readonly<Record<string, string>> = {
  '': 'played in a sandbox',
  first: 'played in a sandbox with a stand-in for npm, and as it is by test/e2e/documents.test.ts',
  docker: 'run on a real Engine by test/e2e/documents.test.ts',
  tests: 'runs the suite that would run it',
  install: 'the same as `first`, without a fleet',
  pack: 'run by test/e2e/packaging.test.ts',
  image: 'held to the Dockerfile by dockerfile.test.ts',
  systemd: 'held to the units by scripts.test.ts and collecting.test.ts',
  long: 'takes minutes; commands.test.ts checks that what it names exists',
}

const PLAYED = new Set(['', 'first'])
const SHELL = new Set(['sh', 'bash'])

export const isFile = ({label}: Fence): boolean => /^[\w.-]+\.\w+$/.test(label)

export const isCommands = (fence: Fence): boolean => SHELL.has(fence.language) && !isFile(fence)

/** The blocks of commands under a label. */
export function commandsOf(page: string, labels: ReadonlySet<string>): Step[] {
  return fencesOf(readPage(page))
    .filter((fence) => isCommands(fence) && labels.has(fence.label))
    .map(({line, text}) => ({name: `${page}:${line}`, script: text}))
}

/** Generated references: their blocks are examples that stand each for itself, and tell no story to play. */
export const REFERENCES: ReadonlySet<string> = new Set(
  ['commands', 'environment', 'events', 'exit-codes', 'fleet-file', 'services', 'sinks', 'troubleshooting'].map(
    (name) => `docs/${name}.md`,
  ),
)

export const playedIn = (page: string): Step[] => (REFERENCES.has(page) ? [] : commandsOf(page, PLAYED))

/** The files that a page shows, by name. Every page has a `fleet.ini`: where it shows none, the office. */
export function filesOf(page: string): Map<string, string> {
  const shown = fencesOf(readPage(page))
    .filter(isFile)
    .map(({label, text}): [string, string] => [label, text])
  return new Map([['fleet.ini', readFileSync(join(ROOT, 'examples/office.ini'), 'utf8')], ...shown])
}
