/** The tools of libmemcached, nc and hydra of Debian, on the loopback. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {MEMCACHED_PORT} from '../../../../src/decoy/services/memcached/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {memcachedService} from './support.ts'

const memcstat = findCommand('memcstat')
const hydra = findCommand('hydra')

const served = async (): Promise<Served> =>
  serve(await memcachedService(), {port: MEMCACHED_PORT, service: 'memcached'})
const tool = ({port}: Served, name: string, ...args: string[]) =>
  runTool(findCommand(name) ?? name, [`--servers=127.0.0.1:${port}`, ...args])

describe.skipIf(memcstat === undefined)('libmemcached', () => {
  it.each([
    ['the text protocol', []],
    ['the binary protocol', ['--binary']],
  ])('finds its way by %s', async (_, protocol) => {
    const server = await served()
    const stats = await tool(server, 'memcstat', ...protocol)
    expect(stats.stdout).toMatch(/version: 1\.6\.18[\s\S]*curr_items: [1-9]/)
    const directory = mkdtempSync(join(tmpdir(), 'memc-'))
    const file = join(directory, 'note')
    writeFileSync(file, 'was here')
    expect((await tool(server, 'memccp', ...protocol, file)).code).toBe(0)
    rmSync(directory, {recursive: true})
    expect((await tool(server, 'memccat', ...protocol, 'note')).stdout.trim()).toBe('was here')
    expect((await tool(server, 'memcrm', ...protocol, 'note')).code).toBe(0)
    expect((await tool(server, 'memccat', ...protocol, 'note')).stdout.trim()).toBe('')
    await server.close()
  })

  it('dumps keys, and reads what is behind them', async () => {
    const server = await served()
    const keys = (await tool(server, 'memcdump')).stdout.trim().split('\n')
    const session = keys.find((key) => key.startsWith('memc.sess.key.')) ?? ''
    expect((await tool(server, 'memccat', session)).stdout).toMatch(/user_id\|i:\d+;username/)
    await server.close()
  })
})

describe.skipIf(hydra === undefined)('hydra', () => {
  it('is told that there is nothing to guess', async () => {
    const server = await served()
    const args = ['-I', '-l', 'root', '-p', 'x', '-s', String(server.port), '127.0.0.1', 'memcached']
    expect((await runTool(hydra ?? '', args, {env: {HOME: '/tmp'}})).stdout).not.toMatch(/login: root/)
    await server.close()
  })
})
