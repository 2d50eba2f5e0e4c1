/** A decky that plays ssh on loopback, and the real clients that visit it. */
import {spawn} from 'node:child_process'
import {connect} from 'node:net'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {Limits} from '../../../../src/decoy/limits.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import {createService} from '../../../../src/decoy/services/ssh/server.ts'
import {type Served, serve} from '../../../support/serve.ts'

export const FACTS: PersonaFacts = {
  hostname: 'app-07',
  domain: 'corp.example',
  os: 'linux',
  distro: 'debian',
  archetype: null,
  ip: '192.168.40.17',
  mac: '00:50:56:aa:bb:cc',
  seed: '5a'.repeat(32),
  since: '2026-02-01T08:00:00.000Z',
}

export const HONEY: OptionValues = {users: ['root:toor', 'deploy:Summer2024']}

export function personaWith(facts: Partial<PersonaFacts> = {}): Persona {
  return new Persona({...FACTS, ...facts})
}

export async function serveSsh(
  options: OptionValues = HONEY,
  facts: Partial<PersonaFacts> = {},
  limits: Partial<Limits> = {},
): Promise<Served> {
  return serve(await createService(personaWith(facts), options), {service: 'ssh', port: 22, limits})
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end, at most 20 s. */
export function run(program: string, args: readonly string[], input?: string | Buffer): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      timeout: 20_000,
      env: {PATH: process.env.PATH ?? '', HOME: '/nonexistent', LANG: 'C'},
    })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString('latin1'),
        stderr: Buffer.concat(stderr).toString('latin1'),
      })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

const CLIENT_OPTIONS = [
  ['-F', 'none'],
  ['-o', 'StrictHostKeyChecking=no'],
  ['-o', 'UserKnownHostsFile=/dev/null'],
  ['-o', 'PubkeyAuthentication=no'],
  ['-o', 'LogLevel=ERROR'],
  ['-o', 'IdentityAgent=none'],
].flat()

/** `ssh` with a password; `args` come before the destination. */
export function ssh(
  port: number,
  login: string,
  command: readonly string[],
  args: readonly string[] = [],
  input?: string,
): Promise<Outcome> {
  const [user = '', password = ''] = login.split(':')
  const destination = [...args, ...CLIENT_OPTIONS, '-p', String(port), `${user}@127.0.0.1`, ...command]
  return run('sshpass', ['-p', password, 'ssh', '-o', 'NumberOfPasswordPrompts=1', ...destination], input)
}

/** `scp` or `sftp` with a password. */
export function transfer(
  program: 'scp' | 'sftp',
  port: number,
  password: string,
  args: readonly string[],
  input?: string,
): Promise<Outcome> {
  return run('sshpass', ['-p', password, program, ...CLIENT_OPTIONS, '-P', String(port), ...args], input)
}

/** Sends bytes, half-closes if asked to, and returns what came back until the server closed or `idleMs` passed. */
export function talk(port: number, bytes: Buffer | string, {idleMs = 400, end = false} = {}): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    const done = (): void => {
      socket.destroy()
      resolve(Buffer.concat(received))
    }
    socket.setTimeout(idleMs, done)
    socket.on('data', (data: Buffer) => received.push(data))
    socket.on('error', () => {})
    socket.on('close', done)
    socket.on('connect', () => (end ? socket.end(bytes) : socket.write(bytes)))
  })
}
