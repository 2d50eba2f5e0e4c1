/** Writes the pages under docs/ that are made from tables of the source; `--check` fails where one is stale. */
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

import {EXIT, EXIT_CODES} from '../src/cli/exit-codes.ts'

const PAGES: Readonly<Record<string, () => string>> = {'exit-codes.md': exitCodesPage}

export function exitCodesPage(): string {
  const codes = Object.entries(EXIT)
  const rows = Object.entries(EXIT_CODES).map(([exit, meaning]) => {
    const errors = codes.filter(([, value]) => value === Number(exit)).map(([code]) => `\`${code}\``)
    return `| ${exit} | ${meaning} | ${errors.join(', ')} |`
  })
  return `# Exit codes

The same for every command. In JSON the error code (third column) stands in \`error.code\`.

| code | meaning | error codes |
|---:|---|---|
${rows.join('\n')}

Worth a retry without changing anything: 75 (another command holds the lock), 3 (some deckies failed: the same command
resumes), 4 (still open), 69 where the engine was restarting, 130 and 143.
`
}

/** Names of pages whose file differs from what would be written. */
export function stalePages(): string[] {
  return Object.entries(PAGES).flatMap(([name, page]) => (readPage(name) === page() ? [] : [name]))
}

function readPage(name: string): string | null {
  try {
    return readFileSync(pathOf(name), 'utf8')
  } catch {
    return null
  }
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../docs/${name}`, import.meta.url))
}

if (import.meta.main) {
  const stale = stalePages()
  if (process.argv.includes('--check')) {
    if (stale.length > 0) {
      process.stderr.write(`stale: ${stale.join(', ')}; run npm run docs\n`)
      process.exitCode = 1
    }
  } else {
    for (const [name, page] of Object.entries(PAGES)) writeFileSync(pathOf(name), page())
  }
}
