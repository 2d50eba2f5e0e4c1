/** What nmap makes of the bundle that runs in the container, with the switches it runs with there. */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {encodeManifest} from '../../../../src/decoy/manifest.ts'
import {eventually} from '../../../support/serve.ts'
import {FACTS, run} from './ssh-world.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const SLOW = 60_000
const directory = mkdtempSync(join(tmpdir(), 'ssh-nmap-'))
const children: ChildProcess[] = []

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/bundle-decoy.ts', directory], {cwd: ROOT, timeout: SLOW})
}, SLOW)

afterAll(async () => {
  await Promise.all(
    children.map(async (child) => {
      const exit = new Promise((resolve) => child.once('exit', resolve))
      child.kill()
      await exit
    }),
  )
  rmSync(directory, {recursive: true, force: true})
})

/** Plays one distro on a free port; returns the port. */
async function play(distro: string): Promise<number> {
  const port = await freePort()
  const bind = '127.0.0.1'
  const services = [{name: 'ssh', ports: [{port, protocol: 'tcp' as const}], options: {users: ['root:toor']}}]
  const MANIFEST = encodeManifest({v: 1, deckies: [{name: 'd', bind, persona: {...FACTS, distro}, services}]})
  const env = {MANIFEST, STATUS_FILE: join(directory, `${distro}.json`)}
  const args = ['--max-old-space-size=64', '--no-addons', join(directory, 'main.cjs')]
  const child = spawn(process.execPath, args, {cwd: directory, env, stdio: ['ignore', 'pipe', 'inherit']})
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await eventually(() => output.includes('"answering":true'), 20_000)
  return port
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

async function scan(port: number): Promise<string> {
  const scripts = 'ssh-hostkey,ssh2-enum-algos,ssh-auth-methods'
  return (await run('nmap', ['-Pn', '-n', '-sT', '-sV', '-p', String(port), '--script', scripts, '127.0.0.1'])).stdout
}

/** The lines of host keys, as `3072 (RSA)`. */
const keysIn = (report: string): string[] =>
  [...report.matchAll(/^\|[_ ] {1,2}(\d+) (?:[0-9a-f]{2}:?){16} (\(\w+\))$/gm)].map(
    ([, bits, type]) => `${bits} ${type}`,
  )

describe('nmap', () => {
  // nmap 7.93 asks for RSA keys by the name `ssh-rsa` only, which OpenSSH does not offer from 8.8 on.
  it.each([
    ['debian', 'OpenSSH 9.2p1 Debian 2+deb12u7 (protocol 2.0)', ['256 (ECDSA)', '256 (ED25519)']],
    [
      'ubuntu20',
      'OpenSSH 8.2p1 Ubuntu 4ubuntu0.13 (Ubuntu Linux; protocol 2.0)',
      ['3072 (RSA)', '256 (ECDSA)', '256 (ED25519)'],
    ],
    ['centos7', 'OpenSSH 7.4 (protocol 2.0)', ['2048 (RSA)', '256 (ECDSA)', '256 (ED25519)']],
  ])(
    'prints version, keys, algorithms and methods of %s',
    async (distro, version, keys) => {
      const report = await scan(await play(distro))
      expect(report).toContain(version)
      expect(keysIn(report)).toEqual(keys)
      expect(report).toContain('compression_algorithms: (2)')
      expect(report).toContain('publickey')
      expect(report).toMatch(/^\|[_ ] {4}password$/m)
    },
    SLOW,
  )
})
