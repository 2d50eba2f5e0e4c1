/** What a neighbour on the wire learns without speaking to any service. */
import {expect, it} from 'vitest'

import {OS_PROFILES} from '../../src/catalog/os-profiles.ts'
import {said, useBench} from '../support/bench.ts'
import {describeOnLab} from '../support/lab.ts'

const MACHINES = {
  web: {services: 'http', os: 'linux'},
  files: {services: 'smb', os: 'windows_server'},
  core: {services: 'telnet', os: 'cisco'},
  cam: {services: 'http', os: 'embedded'},
} as const
/** Where nobody is. */
const FREE = 200
const CLOSED_TCP = [21, 81, 8443]
const CLOSED_UDP = 9

describeOnLab('the link layer', () => {
  const bench = useBench('link', {tools: ['nmap', 'arping']})

  it('answers for every decky with a card of its maker, and for nobody else', {timeout: 120_000}, async () => {
    const on = bench()
    await on.deploy(on.text(MACHINES))
    const {deckies} = await on.status()
    const asked = (ip: string) => on.lab.intruder('arping', ['-c', '2', '-w', '2', ip])
    const macs: string[] = []
    for (const {name, ip, mac} of deckies) {
      const {os} = MACHINES[name as keyof typeof MACHINES]
      const answer = await asked(ip)
      expect(answer.stdout, said({...answer, json: null}).slice(0, 500)).toMatch(new RegExp(mac, 'i'))
      expect(
        new Set(answer.stdout.match(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/gi)?.map((each) => each.toLowerCase())),
      ).toEqual(new Set([mac.toLowerCase()]))
      expect(OS_PROFILES.get(os)?.ouis).toContain(mac.slice(0, 8).toLowerCase())
      expect(Number.parseInt(mac.slice(0, 2), 16) & 0b11).toBe(0)
      macs.push(mac)
    }
    expect(new Set(macs).size).toBe(deckies.length)
    expect((await asked(on.site.address(FREE))).stdout).not.toMatch(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/i)

    const ips = deckies.map(({ip}) => ip)
    const ports = `T:${CLOSED_TCP.join(',')},U:${CLOSED_UDP}`
    const scan = await on.lab.intruder('nmap', ['-n', '-Pn', '-sS', '-sU', '-p', ports, '--reason', ...ips])
    const lines = scan.stdout.split('\n')
    expect(
      lines.filter((line) => /^\d+\/tcp +closed .*reset/.test(line)),
      scan.stdout,
    ).toHaveLength(ips.length * CLOSED_TCP.length)
    expect(
      lines.filter((line) => /^9\/udp +closed .*port-unreach/.test(line)),
      scan.stdout,
    ).toHaveLength(ips.length)
  })
})
