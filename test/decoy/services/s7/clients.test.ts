/** What nmap makes of it. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {plcOf} from '../../../../src/decoy/persona/plc.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {FACTS, s7Service} from './support.ts'

const SLOW = 60_000
let served: Served

beforeAll(async () => {
  served = await serve(await s7Service(), {port: 102, service: 's7'})
})
afterAll(() => served.close())

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names the module, its serial number and its plant', {timeout: SLOW}, async () => {
    const args = ['-Pn', '-n', '-sT', '--script', '+s7-info', '-p', String(served.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: SLOW})
    const plc = plcOf(new Persona(FACTS), 'siemens')
    expect(stdout).toMatch(/open\s+iso-tsap/)
    expect(stdout).toContain(`Module: ${plc.orderCode}`)
    expect(stdout).toContain(`Version: ${plc.firmware}`)
    expect(stdout).toContain('System Name: plc07')
    expect(stdout).toContain(`Module Type: ${plc.name}`)
    expect(stdout).toContain(`Serial Number: ${plc.serial}`)
    expect(stdout).toContain(`Plant Identification: ${plc.plant}`)
    expect(stdout).not.toMatch(/execution failed/)
  })
})
