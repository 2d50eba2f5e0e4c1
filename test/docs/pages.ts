import {readdirSync, readFileSync} from 'node:fs'
import {resolve} from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Every document of the repository, by its path from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(resolve(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => `docs/${name}`),
]

export function readPage(page: string): string {
  return readFileSync(resolve(ROOT, page), 'utf8')
}
