/** What libnfs and nmap make of it. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {nfsService} from './support.ts'

const SLOW = 60_000
const served: Record<number, Served> = {}

beforeAll(async () => {
  const service = await nfsService({exports: ['/srv']})
  for (const port of [111, 2049, 20_048]) served[port] = await serve(service, {port, service: 'nfs'})
})
afterAll(() => Promise.all(Object.values(served).map((each) => each.close())))

describe.runIf(findCommand('nfs-ls') !== undefined)('libnfs', () => {
  const url = (path: string): string =>
    `nfs://127.0.0.1/srv/${path}?version=3&nfsport=${served[2049]?.port}&mountport=${served[20_048]?.port}`

  it('lists and reads', {timeout: SLOW}, async () => {
    const listed = await runTool('nfs-ls', [url('backup')])
    expect(listed.stdout).toMatch(/-rwxr-xr-x\s+1\s+34\s+34\s+\d+ dump\.sh/)
    expect((await runTool('nfs-cat', [url('backup/dump.sh')])).stdout).toMatch(/^#!\/bin\/sh\nset -e\nmysqldump/)
    expect(served[2049]?.named('file.read')).not.toHaveLength(0)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names the port mapper', {timeout: SLOW}, async () => {
    const args = ['-Pn', '-n', '-sT', '-sV', '--version-all', '-p', String(served[111]?.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: SLOW})
    expect(stdout).toMatch(/open\s+rpcbind\s+2-4 \(RPC #100000\)/)
  })
})
