/** Writes the pages under docs/ that are made from tables of the source; `--check` fails where one is stale. */
import {readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import type {Config} from '@oclif/core'

import {loadCli} from './docs/cli.ts'
import {commandsPage} from './docs/commands.ts'
import {environmentPage} from './docs/environment.ts'
import {eventsPage} from './docs/events.ts'
import {exitCodesPage} from './docs/exit-codes.ts'
import {fleetFilePage} from './docs/fleet-file.ts'
import {servicesPage} from './docs/services.ts'
import {sinksPage} from './docs/sinks.ts'
import {troubleshootingPage} from './docs/troubleshooting.ts'

const PAGES: Readonly<Record<string, (cli: Config) => string>> = {
  'commands.md': commandsPage,
  'environment.md': environmentPage,
  'events.md': eventsPage,
  'exit-codes.md': exitCodesPage,
  'fleet-file.md': fleetFilePage,
  'services.md': servicesPage,
  'sinks.md': sinksPage,
  'troubleshooting.md': troubleshootingPage,
}

/** Names of pages whose file differs from what would be written. */
export async function stalePages(): Promise<string[]> {
  const cli = await loadCli()
  return Object.entries(PAGES).flatMap(([name, page]) => (readPage(name) === page(cli) ? [] : [name]))
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
  if (process.argv.includes('--check')) {
    const stale = await stalePages()
    if (stale.length > 0) {
      process.stderr.write(`stale: ${stale.join(', ')}; run npm run docs\n`)
      process.exitCode = 1
    }
  } else {
    const cli = await loadCli()
    for (const [name, page] of Object.entries(PAGES)) writeFileSync(pathOf(name), page(cli))
  }
}
