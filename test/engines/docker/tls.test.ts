/** A wrong peer is never spoken to: not one request may reach it. */
import {execFileSync, spawnSync} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer as createHttpServer} from 'node:http'
import {createServer, type ServerOptions} from 'node:https'
import type {AddressInfo, Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {CallFailure} from '../../../src/engines/docker/call-failure.ts'
import {connect} from '../../../src/engines/docker/client.ts'
import {translate} from '../../../src/engines/docker/errors.ts'

const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0

let directory: string
const openssl = (...args: string[]) => execFileSync('openssl', args, {cwd: directory, stdio: 'pipe'})
const file = (name: string) => readFile(join(directory, name))

function authority(name: string): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-days',
    '2',
    '-subj',
    `/CN=${name}`,
  )
}

async function certificate(name: string, by: string, san: string, days = '2'): Promise<void> {
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name}`,
  )
  await writeFile(join(directory, `${name}.ext`), `subjectAltName=${san}\n`)
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    `${by}.pem`,
    '-CAkey',
    `${by}.key`,
    '-CAcreateserial',
    '-days',
    days,
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.pem`,
  )
}

interface Peer {
  readonly port: number
  readonly requests: string[]
  close(): void
}

async function listen(make: (onRequest: (url: string | undefined) => void) => Server): Promise<Peer> {
  const requests: string[] = []
  const server = make((url) => requests.push(url ?? ''))
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {port: (server.address() as AddressInfo).port, requests, close: () => server.close()}
}

const secure = (options: ServerOptions) =>
  listen((onRequest) =>
    createServer({requestCert: true, rejectUnauthorized: true, ...options}, ({url}, response) => {
      onRequest(url)
      response.setHeader('Content-Type', 'application/json')
      response.end('{"ok":true}')
    }),
  )

async function ask(port: number, ca = 'ours.pem', client = 'client') {
  const certificates = {ca: await file(ca), cert: await file(`${client}.pem`), key: await file(`${client}.key`)}
  const connection = await connect({kind: 'tls', host: '127.0.0.1', port, certificates})
  try {
    return await connection.call({name: 'ask', method: 'POST', path: '/containers/create', deadlineMs: 3_000})
  } finally {
    connection.close()
  }
}

describe.skipIf(!HAS_OPENSSL)('an engine behind TLS', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tls-test-'))
    authority('ours')
    authority('theirs')
    await certificate('server', 'ours', 'IP:127.0.0.1')
    await certificate('elsewhere', 'ours', 'DNS:elsewhere.example')
    await certificate('expired', 'ours', 'IP:127.0.0.1', '-1')
    await certificate('stranger', 'theirs', 'IP:127.0.0.1')
    await certificate('client', 'ours', 'DNS:client')
    await certificate('intruder', 'theirs', 'DNS:client')
  })

  afterAll(async () => {
    if (directory !== undefined) await rm(directory, {recursive: true})
  })

  const serverOptions = async (name: string): Promise<ServerOptions> => ({
    cert: await file(`${name}.pem`),
    key: await file(`${name}.key`),
    ca: await file('ours.pem'),
  })

  it('is spoken to when both sides prove who they are', async () => {
    const peer = await secure(await serverOptions('server'))
    expect(await ask(peer.port)).toEqual({status: 200, body: {ok: true}})
    expect(peer.requests).toHaveLength(1)
    peer.close()
  })

  it.each([
    ['of another authority', 'stranger'],
    ['of another name', 'elsewhere'],
    ['that has expired', 'expired'],
  ])('with a certificate %s gets no request', async (_, server) => {
    const peer = await secure(await serverOptions(server))
    const failure = await ask(peer.port).catch((error: unknown) => error)
    if (!(failure instanceof CallFailure)) throw new Error('it was spoken to')
    expect(failure.outcome).toBe('unsent')
    expect(translate(failure, {endpoint: 'tcp://edge:2376'})).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('did not prove who it is'),
      hint: expect.stringContaining('clocks'),
    })
    expect(peer.requests).toEqual([])
    peer.close()
  })

  it('is held to its certificate whatever the environment says', async () => {
    const peer = await secure(await serverOptions('stranger'))
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      await expect(ask(peer.port)).rejects.toBeInstanceOf(CallFailure)
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    }
    expect(peer.requests).toEqual([])
    peer.close()
  })

  it('that refuses our certificate carries nothing out', async () => {
    const peer = await secure(await serverOptions('server'))
    await expect(ask(peer.port, 'ours.pem', 'intruder')).rejects.toBeInstanceOf(CallFailure)
    expect(peer.requests).toEqual([])
    peer.close()
  })

  it('that speaks plain HTTP gets no request', async () => {
    const peer = await listen((onRequest) =>
      createHttpServer(({url}, response) => {
        onRequest(url)
        response.end('{}')
      }),
    )
    await expect(ask(peer.port)).rejects.toMatchObject({outcome: 'unsent'})
    expect(peer.requests).toEqual([])
    peer.close()
  })
})
