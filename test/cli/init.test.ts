import {spawnSync} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'

const DEV = resolve(import.meta.dirname, '../../bin/dev.js')
const SCAN = resolve(import.meta.dirname, '../fixtures/nmap/office-7.94.xml')
const LIMIT_MS = 30_000

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'decnet-init-cli-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

/** Runs the command from its sources, without a terminal. */
function init(cwd: string, args: readonly string[]) {
  const env = {PATH: process.env.PATH, HOME: cwd, DECNET_STATE_DIR: join(cwd, 'state')}
  const run = spawnSync(process.execPath, [DEV, 'init', ...args], {cwd, env, encoding: 'utf8', timeout: LIMIT_MS})
  return {code: run.status, stdout: run.stdout, stderr: run.stderr}
}

const LAN = ['--net', '192.168.7.0/24', '--gateway', '192.168.7.1']

describe('decnet init', () => {
  it('writes a file that validates, and says what to do next', {timeout: LIMIT_MS}, () => {
    const cwd = directory()
    const {code, stdout} = init(cwd, [...LAN, '--deckies', '4'])
    expect(code).toBe(0)
    expect(stdout).toBe(`✓ fleet.ini: 4 deckies in 192.168.7.0/24, engine docker

Next:
  decnet validate fleet.ini  check it after every change
  decnet plan fleet.ini      see what deploying it would do
  decnet deploy fleet.ini    deploy it
`)
    expect(readdirSync(cwd)).toEqual(['fleet.ini'])
    expect(statSync(join(cwd, 'fleet.ini')).mode & 0o777).toBe(0o600)
    const {spec, warnings} = readFleetSpec('fleet.ini', readFileSync(join(cwd, 'fleet.ini')), CATALOG)
    expect(warnings).toEqual([])
    expect(spec.deckies).toHaveLength(4)
  })

  it('writes to standard output, the same for the same seed', {timeout: LIMIT_MS}, () => {
    const cwd = directory()
    const args = ['-', ...LAN, '-n', '12', '--randomize-services', '--seed', 'x']
    const first = init(cwd, args)
    expect(first.stdout).toContain('--seed x;')
    expect(first.stderr).toContain('decnet config set deployment-limit 12')
    expect(init(cwd, args).stdout).toBe(first.stdout)
    expect(readdirSync(cwd)).toEqual([])
  })

  it('prints a document', {timeout: LIMIT_MS}, () => {
    const cwd = directory()
    const {code, stdout} = init(cwd, ['lan.ini', '--from-scan', SCAN, '--seed', '1', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      schema: 'decnet.init/v1',
      ok: true,
      file: 'lan.ini',
      deckies: 3,
      network: {
        engine: 'docker',
        interface: null,
        subnet: '192.168.20.0/24',
        gateway: null,
        driver: null,
        domain: 'corp.example',
        exclude: expect.arrayContaining(['192.168.20.1', '192.168.20.11-192.168.20.18']),
      },
      seed: '1',
    })
  })

  it.each<[string, readonly string[], number, string]>([
    ['a file that exists', ['there.ini'], 64, 'there.ini exists'],
    ['a document and a file on standard output', ['-', '--json'], 64, 'standard output cannot take both'],
    [
      'flags that the scan decides',
      ['--from-scan', SCAN, '--os', 'linux'],
      64,
      '--os and --from-scan exclude each other',
    ],
    ['a report that is none', ['--from-scan', 'there.ini'], 65, 'there.ini:2:1: no well-formed XML'],
    ['a report that is not there', ['--from-scan', 'no.xml'], 66, 'cannot read no.xml: there is no such file'],
    ['a wrong value', ['--net', '10.0.0.1/8'], 64, 'did you mean'],
  ])('refuses %s and writes nothing', {timeout: LIMIT_MS}, (_, args, code, message) => {
    const cwd = directory()
    writeFileSync(join(cwd, 'there.ini'), 'x\n')
    const run = init(cwd, args)
    expect(run.code).toBe(code)
    expect(run.stdout + run.stderr).toContain(message)
    expect(readdirSync(cwd)).toEqual(['there.ini'])
    expect(readFileSync(join(cwd, 'there.ini'), 'utf8')).toBe('x\n')
  })
})
