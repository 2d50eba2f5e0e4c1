/** What real clients and nmap make of it. */
import {spawn} from 'node:child_process'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {CAMERA, CISCO, OPTIONS, telnetService} from './support.ts'

const SLOW = 60_000
const servers = new Map<string, Served>()

beforeAll(async () => {
  for (const [name, facts] of [
    ['linux', {}],
    ['busybox', CAMERA],
    ['ios', CISCO],
  ] as const) {
    servers.set(name, await serve(await telnetService(OPTIONS, facts), {port: 23, service: 'telnet'}))
  }
})

afterAll(async () => {
  await Promise.all([...servers.values()].map((served) => served.close()))
})

const portOf = (name: string): number => servers.get(name)?.port ?? 0

describe.runIf(findCommand('telnet') !== undefined)('telnet', () => {
  it.each([
    ['linux', 'login: ', 'root', 'xc3511', '~# ', 'id', 'uid=0(root)'],
    ['busybox', 'login: ', 'root', 'xc3511', '~ # ', 'id', 'uid=0(root)'],
    ['ios', 'Username: ', 'admin', 'cisco', 'ber-sw01>', 'show version', 'Cisco IOS Software'],
  ])('gets into %s', {timeout: SLOW}, async (product, userPrompt, user, password, prompt, command, answer) => {
    const client = spawn('telnet', ['127.0.0.1', String(portOf(product))], {stdio: ['pipe', 'pipe', 'pipe']})
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString('latin1')
    }
    client.stdout.on('data', hear)
    client.stderr.on('data', hear)
    const type = async (after: string, line: string): Promise<void> => {
      await eventually(() => said.includes(after), 15_000)
      said = ''
      client.stdin.write(`${line}\r`)
    }
    try {
      await type(userPrompt, user)
      await type('Password: ', password)
      await type(prompt, command)
      await eventually(() => said.includes(answer), 15_000)
    } finally {
      client.kill()
    }
  })
})

describe.runIf(findCommand('hydra') !== undefined)('hydra', () => {
  it('finds the honey password of IOS', {timeout: SLOW}, async () => {
    const target = ['-s', String(portOf('ios')), '-t', '1', '-I', '127.0.0.1', 'telnet']
    const {stdout} = await runTool('hydra', ['-l', 'admin', '-p', 'cisco', ...target], {timeoutMs: 50_000})
    expect(stdout).toMatch(/login: admin {3}password: cisco/)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  // A soft match, which BusyBox is, makes nmap try all its probes: that takes most of a minute with the real one too.
  it.each([
    ['linux', /telnet\s+Linux telnetd/],
    ['busybox', /telnet\s+BusyBox telnetd/],
    ['ios', /telnet\s+Cisco (?:IOS|router) telnetd/],
  ])('names %s', {timeout: SLOW}, async (product, version) => {
    const args = ['-Pn', '-n', '-sT', '-sV', '-p', String(portOf(product)), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: 50_000})
    expect(stdout).toMatch(version)
    expect(stdout).not.toMatch(/Cowrie/)
  })
})
