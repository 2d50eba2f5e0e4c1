/** What real masters and nmap make of it. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {modbusService} from './support.ts'

const SLOW = 60_000
let served: Served

beforeAll(async () => {
  served = await serve(await modbusService({product: 'schneider'}), {port: 502, service: 'modbus'})
})
afterAll(() => served.close())

describe.runIf(findCommand('mbpoll') !== undefined)('mbpoll', () => {
  const poll = (...args: string[]) => runTool('mbpoll', ['-m', 'tcp', '-p', String(served.port), '-1', ...args])

  it('reads and writes registers and coils', {timeout: SLOW}, async () => {
    const read = await poll('-r', '9', '-c', '3', '127.0.0.1')
    expect(read.stdout).toMatch(/\[9\]:\s+\d+\n\[10\]:\s+\d+\n\[11\]:\s+\d+/)
    expect((await poll('-r', '101', '127.0.0.1', '4711')).stdout).toContain('Written 1 references')
    expect((await poll('-r', '101', '127.0.0.1')).stdout).toMatch(/\[101\]:\s+4711/)
    expect((await poll('-t', '0', '-r', '40', '127.0.0.1', '1', '0', '1')).stdout).toContain('Written 3 references')
    expect((await poll('-t', '0', '-r', '40', '-c', '3', '127.0.0.1')).stdout).toMatch(
      /\[40\]:\s+1\n\[41\]:\s+0\n\[42\]:\s+1/,
    )
  })

  it('is told that an address is none', {timeout: SLOW}, async () => {
    expect((await poll('-r', '9000', '127.0.0.1')).stderr).toMatch(/Illegal data address/)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names protocol, vendor and product', {timeout: SLOW}, async () => {
    const args = ['-Pn', '-n', '-sT', '-sV', '--script', '+modbus-discover', '-p', String(served.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: SLOW})
    expect(stdout).toMatch(/open\s+modbus\s+Modbus TCP/)
    expect(stdout).toMatch(/Device identification: Schneider Electric BMX P34 20\d+ v\d\.\d+/)
    expect(stdout).toMatch(/ILLEGAL FUNCTION/)
    expect(stdout).not.toMatch(/script execution failed|unrecognized/)
  })
})
