/** What real clients and nmap make of it. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {RDP_PORT} from '../../../../src/decoy/services/rdp/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {rdpService} from './support.ts'

const SLOW = 40_000
let served: Served

beforeAll(async () => {
  served = await serve(await rdpService(), {port: RDP_PORT, service: 'rdp'})
})

afterAll(() => served.close())

const attempts = () => served.named('auth.attempt').flatMap(({credential}) => credential ?? [])

describe.runIf(findCommand('xfreerdp') !== undefined && findCommand('xvfb-run') !== undefined)('xfreerdp', () => {
  async function connect(...args: string[]): Promise<string> {
    const fixed = ['-a', 'xfreerdp', `/v:127.0.0.1:${served.port}`, '/cert:ignore', '/u:alice', '/d:CORP']
    const {stdout, stderr} = await runTool('xvfb-run', [...fixed, ...args], {timeoutMs: 30_000})
    return `${stdout}${stderr}`
  }

  it('is refused with a wrong password', {timeout: SLOW}, async () => {
    expect(await connect('/p:guess', '/sec:nla', '+auth-only')).toMatch(/LOGON_FAILURE/)
    await eventually(() => attempts().some(({hash, outcome}) => hash?.hashcatMode === 5600 && outcome === 'failure'))
  })

  it('passes with the right one, and is told why it is not let in', {timeout: SLOW}, async () => {
    expect(await connect('/p:Winter-2024')).toContain('ERRINFO_LICENSE_NO_LICENSE_SERVER')
    await eventually(() => attempts().some(({secret}) => secret?.text === 'Winter-2024'))
  })

  it('hears that network level authentication is required', {timeout: SLOW}, async () => {
    expect(await connect('/p:Winter-2024', '/sec:tls')).toContain('HYBRID_REQUIRED_BY_SERVER')
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names the product, and what the machine says of itself', {timeout: SLOW}, async () => {
    const scripts = '+rdp-ntlm-info,+rdp-enum-encryption,+ssl-cert'
    const args = ['-Pn', '-n', '-sT', '-sV', '--script', scripts, '-p', String(served.port), '127.0.0.1']
    const {stdout} = await runTool('nmap', args, {timeoutMs: 35_000})
    expect(stdout).toMatch(/open\s+ms-wbt-server\s+Microsoft Terminal Services/)
    expect(stdout).toMatch(/Product_Version: 10\.0\.17763/)
    // As of Windows with network level authentication: neither TLS nor RDP alone.
    expect(stdout).toMatch(/CredSSP \(NLA\): SUCCESS\n.*Early User Auth: SUCCESS\n.*RDSTLS: SUCCESS\n/)
    expect(stdout).toMatch(/ssl-cert: Subject: commonName=BER-TS01\.corp\.example/)
    expect(stdout).not.toMatch(/ERROR/)
  })
})
