import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {DEFAULT_SOCKET, endpointText, parseEndpoint} from '../../../src/engines/docker/endpoint.ts'

describe('the choice of engine', () => {
  it.each([undefined, '', 'unix://'])('%j is the local socket', async (host) => {
    expect(await parseEndpoint(host, undefined)).toEqual({kind: 'unix', path: DEFAULT_SOCKET})
  })

  it('takes a socket by its path', async () => {
    const endpoint = await parseEndpoint('unix:///run/user/1000/docker.sock', undefined)
    expect(endpointText(endpoint)).toBe('unix:///run/user/1000/docker.sock')
  })

  it.each([
    ['unix://docker.sock', 'absolute path'],
    ['tcp://10.0.0.1:2375', 'without TLS'],
    ['ssh://root@edge', 'not supported'],
    ['npipe:////./pipe/docker', 'not understood'],
    ['10.0.0.1:2375', 'not understood'],
  ])('refuses %s: %s', async (host, message) => {
    await expect(parseEndpoint(host, undefined)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(message),
    })
  })

  it.each([
    'ssh://root:hunter2@edge',
    'tcp://root:hunter2@edge:2375',
    'tcp://root:hunter2@:x',
    'http://a:hunter2@edge',
  ])('keeps the password of %s to itself', async (host) => {
    const error: Error = await parseEndpoint(host, undefined).catch((refusal) => refusal)
    expect(error.message).toMatch(/^the Docker host /)
    expect(error.message).not.toContain('hunter2')
  })

  it('takes tcp with its three files, and names the directory when one is missing', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'certificates-'))
    try {
      await writeFile(join(directory, 'ca.pem'), 'ca')
      await writeFile(join(directory, 'cert.pem'), 'cert')
      await expect(parseEndpoint('tcp://edge', directory)).rejects.toMatchObject({
        message: expect.stringContaining(directory),
      })
      await writeFile(join(directory, 'key.pem'), 'key')
      const endpoint = await parseEndpoint('tcp://edge', directory)
      expect(endpoint).toMatchObject({kind: 'tls', host: 'edge', port: 2376, certificates: {key: Buffer.from('key')}})
      expect(endpointText(endpoint)).toBe('tcp://edge:2376')
    } finally {
      await rm(directory, {recursive: true})
    }
  })

  it('never speaks plain HTTP to a TLS endpoint', async () => {
    const {connect} = await import('../../../src/engines/docker/client.ts')
    const received: Buffer[] = []
    const server = createServer((socket) => socket.on('data', (data) => received.push(data)).on('error', () => {}))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const {port} = server.address() as {port: number}
    const client = await connect({
      kind: 'tls',
      host: '127.0.0.1',
      port,
      certificates: {ca: Buffer.alloc(0), cert: Buffer.alloc(0), key: Buffer.alloc(0)},
    })
    const call = client.call({name: 'ask', method: 'GET', path: '/version', deadlineMs: 300})
    await expect(call).rejects.toMatchObject({name: 'CallFailure'})
    expect(Buffer.concat(received).toString('latin1')).not.toContain('/version')
    client.close()
    server.close()
  })
})
