/** Docker's own command line, and the port with TLS. */
import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {connect as dial, type Socket} from 'node:net'
import {connect} from 'node:tls'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {Persona} from '../../../../src/decoy/persona.ts'
import {tlsIdentity} from '../../../../src/decoy/tls/certificate.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {engineWith, FACTS} from './support.ts'

const execute = promisify(execFile)
const DOCKER = ['/usr/bin/docker', '/usr/local/bin/docker'].find((path) => existsSync(path))
if (DOCKER === undefined) console.warn('docker is not installed: nothing is shown of how it takes the decoy')

describe.skipIf(DOCKER === undefined)('docker -H tcp://', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve(await engineWith(), {port: 2375})
  })
  afterAll(() => served.close())

  const docker = async (...args: string[]): Promise<{stdout: string; code: number}> => {
    const env = {PATH: process.env.PATH, DOCKER_CONFIG: '/nonexistent'}
    const all = ['-H', `tcp://127.0.0.1:${served.port}`, ...args]
    try {
      return {stdout: (await execute(DOCKER ?? '', all, {env, timeout: 15_000})).stdout, code: 0}
    } catch (error) {
      const {stdout = '', code = -1} = error as {stdout?: string; code?: number}
      return {stdout, code}
    }
  }

  it('says what it is', async () => {
    expect((await docker('version')).stdout).toMatch(/Server:[\s\S]*Version: +20\.10\.24\+dfsg1/)
    expect((await docker('info')).stdout).toContain(`Name: ${FACTS.hostname}`)
  })

  it('lists what runs, and what it runs from', async () => {
    expect((await docker('ps', '--no-trunc')).stdout).toMatch(/Up \d+ \w+.*-db-1/)
    expect((await docker('images')).stdout).toContain('registry.corp.example')
  })

  it('runs a command to its end, with its output and its status', {timeout: 30_000}, async () => {
    expect(await docker('run', '--rm', 'alpine', 'sh', '-c', 'id; exit 7')).toEqual({
      stdout: 'uid=0(root) gid=0(root) groups=0(root)\n',
      code: 7,
    })
    const created = await eventually(() => served.events.find(({data}) => data?.action === 'container.create'))
    expect(created.data).toMatchObject({image: {text: 'alpine'}})
  })
})

describe('a stream that a client only reads', () => {
  it('goes on after the client has ended its side', async () => {
    const served = await serve(await engineWith(), {port: 2375})
    const say = (line: string, body = ''): Socket => {
      const socket = dial({host: '127.0.0.1', port: served.port, allowHalfOpen: true})
      const typed = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`
      socket.write(`${line} HTTP/1.1\r\nHost: x\r\n${typed}\r\n${body}`)
      return socket
    }
    try {
      await new Promise((resolve) =>
        say('POST /containers/create?name=box', '{"Cmd":["echo","hi"]}').once('data', resolve),
      )
      const watcher = say('POST /containers/box/attach?stream=1&stdout=1')
      let output = ''
      watcher.on('data', (chunk) => {
        output += chunk.toString('latin1')
      })
      watcher.end()
      await eventually(() => output.endsWith('\r\n\r\n'))
      say('POST /containers/box/start').resume()
      await eventually(() => output.endsWith('hi\n'))
    } finally {
      await served.close()
    }
  })
})

describe('the port with TLS', () => {
  let served: Served
  beforeAll(async () => {
    served = await serve(await engineWith({tls: true}), {port: 2376})
  })
  afterAll(() => served.close())

  const say = (options: {cert?: string; key?: string}): Promise<string> =>
    new Promise((resolve) => {
      let reply = ''
      const socket = connect({host: '127.0.0.1', port: served.port, rejectUnauthorized: false, ...options}, () =>
        socket.write('GET /version HTTP/1.1\r\nHost: x\r\n\r\n'),
      )
      socket.on('data', (chunk) => {
        reply += chunk.toString('latin1')
      })
      socket.on('error', (error) => resolve(error.message))
      socket.on('close', () => resolve(reply))
    })

  it('refuses who shows no certificate, with the alert of its own', {timeout: 20_000}, async () => {
    expect(await say({})).toMatch(/certificate required/i)
  })

  it('records whose certificate it was, and lets nobody in', async () => {
    const {certificate, key} = tlsIdentity(new Persona({...FACTS, seed: '77'.repeat(32)}), 'docker', Date.now())
    expect(await say({cert: certificate, key})).not.toContain('HTTP/1.1')
    const attempt = await eventually(() => served.named('auth.attempt')[0])
    expect(attempt.credential).toMatchObject({
      principal: 'ber-build01.corp.example',
      method: 'certificate',
      outcome: 'failure',
    })
    expect(attempt.credential?.fingerprint).toMatch(/^SHA256:[0-9A-F:]{95}$/)
  })
})
