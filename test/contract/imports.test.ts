import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {runCli} from './built-cli.ts'

let directory: string
let fleetFile: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-imports-'))
  fleetFile = join(directory, 'fleet.ini')
  writeFileSync(fleetFile, '[web]\nservices = http\n')
})

afterAll(() => rmSync(directory, {recursive: true, force: true}))

/** Packages that a command loads. Start-up is imports, so what is heavy may be loaded only where it is used. */
function packagesOf(args: readonly string[]): ReadonlySet<string> {
  const file = join(directory, `imports-${args.join('-').replaceAll('/', '_')}`)
  writeFileSync(file, '')
  const recorder = resolve(import.meta.dirname, 'record-imports.ts')
  const run = runCli(args, {IMPORTS_FILE: file, DECNET_STATE_DIR: join(directory, 'state')}, ['--import', recorder])
  expect(run.stderr).toBe('')
  expect(run.code).toBe(0)
  return new Set(readFileSync(file, 'utf8').trim().split('\n'))
}

const HEAVY = ['dockerode', 'docker-modem', 'ssh2', 'listr2', 'better-sqlite3', 'systeminformation']

describe('what a command loads', () => {
  it('is recorded at all', () => {
    expect(packagesOf(['--version'])).toContain('@oclif/core')
  })

  it.each([
    [['--version']],
    [['--help']],
    [['services']],
    [['completion', 'bash']],
    [['completion', '--names', 'services']],
  ])('nothing heavy for %s', (args) => {
    const loaded = packagesOf(args)
    expect(HEAVY.filter((name) => loaded.has(name))).toEqual([])
  })

  it('nothing heavy for validate', () => {
    const loaded = packagesOf(['validate', fleetFile])
    expect(HEAVY.filter((name) => loaded.has(name))).toEqual([])
  })

  it.each([[['lifecycle']], [['deploy', '--help']]])('SQLite alone for %s', (args) => {
    const loaded = packagesOf(args)
    expect(HEAVY.filter((name) => loaded.has(name))).toEqual(['better-sqlite3'])
  })
})
