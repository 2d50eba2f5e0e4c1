/** What real clients make of it. */
import {createSocket} from 'node:dgram'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {deckyScope} from '../../../../src/decoy/decky-scope.ts'
import {Evidence} from '../../../../src/decoy/evidence.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {type Listener, listenTcp} from '../../../../src/decoy/listener.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {listenUdp} from '../../../../src/decoy/udp-listener.ts'
import type {EvidenceEvent} from '../../../../src/events/event.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually} from '../../../support/serve.ts'
import {controller, dnsService} from './support.ts'

/** A decky never answers its own address, and 127.0.0.1 is that of the clients. */
const HOST = '127.0.0.53'

interface Running {
  readonly port: number
  readonly events: readonly EvidenceEvent[]
  close(): Promise<unknown>
}

/** A port that is free over both. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, HOST, resolve))
  const {port} = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

/** Both ports of the service on one number, as `dig` needs them. */
async function run(service: Service): Promise<Running> {
  const port = await freePort()
  const events: EvidenceEvent[] = []
  const sink = {write: (line: string) => events.push(JSON.parse(line) as EvidenceEvent) > 0}
  const scope = deckyScope('decky', HOST, DEFAULT_LIMITS, new Evidence({sink, eventsPerSecond: 1000}))
  const [tcp, udp] = [service.tcp?.(53), service.udp?.(53)]
  if (tcp === undefined || udp === undefined) throw new TypeError('dns has both ports')
  const listeners: Listener[] = [await listenTcp(scope, 'dns', port, tcp), await listenUdp(scope, 'dns', port, udp)]
  return {port, events, close: () => Promise.all(listeners.map((listener) => listener.close()))}
}

let linux: Running
let windows: Running

beforeAll(async () => {
  linux = await run(await dnsService({transfer: true}))
  windows = await run(await controller())
})

afterAll(() => Promise.all([linux.close(), windows.close()]))

const digs = async (server: Running, ...args: readonly string[]): Promise<string> => {
  const {stdout, stderr} = await runTool('dig', [`@${HOST}`, '-p', String(server.port), '+tries=1', ...args])
  return `${stdout}${stderr}`
}

describe.runIf(findCommand('dig') !== undefined)('dig', () => {
  it('reads the SOA, over both transports', async () => {
    for (const transport of ['+notcp', '+tcp']) {
      const said = await digs(linux, 'corp.example', 'SOA', transport)
      expect(said).toMatch(/flags: qr aa rd; QUERY: 1, ANSWER: 1/)
      expect(said).toContain('ns1.corp.example. hostmaster.corp.example.')
      expect(said).not.toMatch(/WARNING: .*(?:malformed|extra)/i)
    }
  })

  it('accepts the cookie, and the one that comes after it', async () => {
    expect(await digs(linux, 'corp.example', 'SOA')).toMatch(
      /EDNS: version: 0, flags:; udp: 1232\n; COOKIE: [0-9a-f]{48} \(good\)/,
    )
  })

  it('transfers the zone', async () => {
    const said = await digs(linux, 'corp.example', 'AXFR')
    expect(said).toMatch(/^vpn\.corp\.example\.\s+\d+\s+IN\s+CNAME\s+vm\.corp\.example\.$/m)
    expect(said).toMatch(/XFR size: \d+ records \(messages 1,/)
    await eventually(() => linux.events.some(({event, data}) => event === 'probe' && data?.granted === true))
  })

  it('is refused by the controller', async () => {
    expect(await digs(windows, 'corp.example', 'AXFR')).toContain('Transfer failed')
  })

  it('reads versions of BIND and none of Windows', async () => {
    expect(await digs(linux, 'version.bind', 'TXT', 'CH')).toMatch(/TXT\s+"9\.18\.28-1~deb12u2-Debian"/)
    expect(await digs(windows, 'version.bind', 'TXT', 'CH')).toMatch(/status: NOTIMP/)
  })

  it('finds the domain controller', async () => {
    const said = await digs(windows, '_ldap._tcp.dc._msdcs.corp.example', 'SRV')
    expect(said).toMatch(/600\s+IN\s+SRV\s+0 100 389 ber-dc01\.corp\.example\./)
    expect(said).toMatch(/; EDNS: version: 0, flags:; udp: 4000/)
  })
})

describe.runIf(findCommand('host') !== undefined)('host', () => {
  it('follows an alias, and finds the name of an address', async () => {
    const hosts = (...args: readonly string[]) => runTool('host', ['-p', String(linux.port), ...args, HOST])
    expect((await hosts('intranet.corp.example')).stdout).toMatch(
      /is an alias for vm\.corp\.example[\s\S]*has address 192\.168\.1\.5/,
    )
    expect((await hosts('192.168.1.5')).stdout).toMatch(
      /5\.1\.168\.192\.in-addr\.arpa domain name pointer vm\.corp\.example\./,
    )
    expect((await hosts('nothing.corp.example')).stdout).toMatch(/NXDOMAIN/)
  })
})

describe.runIf(findCommand('nslookup') !== undefined)('nslookup', () => {
  it('finds the controllers of the domain', async () => {
    const args = [`-port=${windows.port}`, '-type=SRV', '_kerberos._tcp.corp.example', HOST]
    expect((await runTool('nslookup', args)).stdout).toMatch(/service = 0 100 88 ber-dc01\.corp\.example\./)
  })
})
