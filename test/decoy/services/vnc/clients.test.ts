/** What real clients and nmap make of it. */

import {execFileSync} from 'node:child_process'
import {mkdtemp, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {vncService} from './support.ts'

const SLOW = 30_000
let served: Served
let directory: string

beforeAll(async () => {
  served = await serve(await vncService({product: 'x11vnc', password: 'hunter2'}), {port: 5900, service: 'vnc'})
  directory = await mkdtemp(join(tmpdir(), 'vnc-clients-'))
})

afterAll(async () => {
  await served.close()
  await rm(directory, {recursive: true, force: true})
})

describe.runIf(findCommand('vncsnapshot') !== undefined && findCommand('vncpasswd') !== undefined)(
  'vncsnapshot',
  () => {
    async function snapshot(password: string): Promise<{said: string; file: string}> {
      const file = join(directory, `${password}.jpg`)
      const secret = join(directory, `${password}.pw`)
      await writeFile(secret, execFileSync('vncpasswd', ['-f'], {input: `${password}\n`}))
      const {stdout, stderr} = await runTool('vncsnapshot', ['-passwd', secret, `127.0.0.1::${served.port}`, file])
      return {said: `${stdout}${stderr}`, file}
    }

    it('takes a picture of the desktop', {timeout: SLOW}, async () => {
      const {said, file} = await snapshot('hunter2')
      expect(said).toContain('FRONTDESK-2:0')
      expect((await stat(file)).size).toBeGreaterThan(5000)
    })

    it('is refused with a wrong password', {timeout: SLOW}, async () => {
      const {said} = await snapshot('letmein')
      expect(said).toMatch(/authentication failed/i)
      await eventually(() => served.named('auth.attempt').some(({credential}) => credential?.outcome === 'failure'))
    })
  },
)

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names the protocol and the security type', {timeout: SLOW}, async () => {
    const args = ['-Pn', '-n', '-sT', '-sV', '--script', 'vnc-info,vnc-title', '-p', String(served.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args)
    expect(stdout).toMatch(/open\s+vnc\s+VNC \(protocol 3\.8\)/)
    expect(stdout).toMatch(/VNC Authentication \(2\)/)
    expect(stdout).not.toMatch(/ERROR/)
  })
})
