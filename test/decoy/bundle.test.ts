import {execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {encodeManifest} from '../../src/decoy/manifest.ts'
import type {ProbeReport} from '../../src/decoy/probe.ts'
import {eventually} from '../support/serve.ts'
import {FACTS} from './services/redis/support.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILES = ['main.cjs', 'probe.cjs', 'embedded.cjs'] as const
const directory = mkdtempSync(join(tmpdir(), 'decoy-bundle-'))

function bundle(name: string): string {
  const out = join(directory, name)
  execFileSync(process.execPath, ['scripts/bundle-decoy.ts', out], {cwd: ROOT, timeout: 60_000})
  return out
}

describe('the bundle', () => {
  let out = ''
  beforeAll(() => {
    out = bundle('first')
  })
  afterAll(() => rmSync(directory, {recursive: true, force: true}))

  it('has the same bytes every time, and nothing of the machine that made it', () => {
    const again = bundle('second')
    for (const file of FILES) {
      const bytes = readFileSync(join(out, file))
      expect(readFileSync(join(again, file)).equals(bytes)).toBe(true)
      expect(bytes.includes(ROOT)).toBe(false)
      expect(bytes.includes('src/decoy')).toBe(false)
      expect(bytes.includes('sourceMappingURL')).toBe(false)
    }
  })

  it('plays a decky without anything beside it, and the probe sees it', async () => {
    const port = 20_000 + (process.pid % 20_000)
    const bind = '127.0.0.1'
    const services = [{name: 'redis', ports: [{port, protocol: 'tcp' as const}], options: {}}]
    const manifest = encodeManifest({v: 1, deckies: [{name: 'cache-01', bind, persona: FACTS, services}]})
    const env = {STATUS_FILE: join(directory, 'status.json'), MANIFEST: manifest}
    const child = spawn(process.execPath, [join(out, 'main.cjs')], {
      cwd: directory,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
    })
    const look = () =>
      JSON.parse(execFileSync(process.execPath, [join(out, 'probe.cjs')], {env, encoding: 'utf8'})) as ProbeReport
    try {
      await eventually(() => output.includes('"answering":true'))
      expect(look()).toMatchObject({error: null, services: [{name: 'redis', port, state: 'answering'}]})
      const socket = connect(port, bind)
      socket.write('PING\r\n')
      const reply = await new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())))
      expect(reply).toBe('+PONG\r\n')
      socket.destroy()
    } finally {
      const exit = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exit
    }
    expect(look().services).toMatchObject([{state: 'down'}])
  })
})
