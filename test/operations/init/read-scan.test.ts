import {readFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {describe, expect, it} from 'vitest'

import {parseAddress} from '../../../src/fleet/ipv4.ts'
import {parseScan, readScan} from '../../../src/operations/init/read-scan.ts'
import {rejectionOf} from '../../support/refusal.ts'

const fixture = (name: string) => new URL(`../../fixtures/nmap/${name}`, import.meta.url).pathname
const parse = (text: string | Uint8Array) => parseScan('scan.xml', [Buffer.from(text)])
const run = (inner: string) => `<nmaprun scanner="nmap" args="">${inner}</nmaprun>`

describe('a report of nmap', () => {
  it('of version 7.94 is read', async () => {
    const {hosts, addresses, command} = await readScan(fixture('office-7.94.xml'))
    expect(command).toBe('nmap -sV -O -oX office.xml 192.168.20.0/24')
    expect(hosts).toHaveLength(18)
    expect(hosts[1]).toEqual({
      addresses: [parseAddress('192.168.20.11')],
      mac: '00:50:56:aa:bb:01',
      vendor: 'VMware',
      names: ['SRV-APP-01.corp.example'],
      ports: [
        {
          port: 22,
          protocol: 'tcp',
          service: 'ssh',
          tls: false,
          words: 'OpenSSH 9.2p1 Debian 2+deb12u2 protocol 2.0 Linux',
        },
        {port: 80, protocol: 'tcp', service: 'http', tls: false, words: 'nginx'},
        {port: 8009, protocol: 'tcp', service: 'ajp13', tls: false, words: ''},
      ],
      system: {family: 'Linux', vendor: 'Linux', device: 'general purpose', name: 'Linux 5.0 - 5.14 5.X'},
    })
    const held = (text: string) => addresses.has(parseAddress(text) ?? 0)
    expect([held('192.168.20.77'), held('192.168.20.201'), held('192.168.20.200')]).toEqual([true, true, false])
  })

  it('of version 4.76 is read, whose classes stand beside the match', async () => {
    const {hosts} = await readScan(fixture('old-4.76.xml'))
    expect(hosts).toMatchObject([
      {system: {family: 'FreeBSD'}, names: ['fileserver'], ports: [{port: 22, service: 'ssh'}]},
    ])
    expect(hosts[0]?.ports).toHaveLength(1)
  })

  it('of hosts with IPv6 alone is read', async () => {
    const {hosts, addresses} = await readScan(fixture('ipv6.xml'))
    expect(hosts).toMatchObject([{addresses: [], mac: '', ports: [{port: 80}]}])
    expect(addresses.size).toBe(0)
  })

  it('of hostile machines is read as text', async () => {
    const {hosts, addresses} = await readScan(fixture('hostile.xml'))
    expect(hosts).toHaveLength(1)
    expect(addresses.size).toBe(1)
    expect(hosts[0]?.ports.map(({port}) => port)).toEqual([22, 4444])
  })

  it('is the same in pieces of any size', async () => {
    const bytes = readFileSync(fixture('hostile.xml'))
    const whole = await parseScan('scan.xml', [bytes])
    for (const size of [1, 7, 64]) {
      const pieces = Array.from({length: Math.ceil(bytes.length / size)}, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      )
      expect(await parseScan('scan.xml', pieces)).toEqual(whole)
    }
  })

  it('keeps only so much of one host', async () => {
    const ports = Array.from(
      {length: 2000},
      (_, at) => `<port protocol="tcp" portid="${at + 1}"><state state="open"/></port>`,
    )
    const {hosts} = await parse(
      run(`<host><hostnames><hostname name="${'x'.repeat(9999)}"/></hostnames>${ports.join('')}</host>`),
    )
    expect(hosts[0]?.ports).toHaveLength(256)
    expect(hosts[0]?.names[0]).toHaveLength(256)
  })
})

describe('what is no report', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'scan.xml:1:1: no well-formed XML'],
    ['text', 'Nmap scan report for 10.0.0.1', 'no well-formed XML'],
    [
      'another kind of XML',
      '<?xml version="1.0"?>\n<html/>',
      'scan.xml:2:7: the XML is no report of nmap: its root is "html"',
    ],
    ['a report that was cut off', '<nmaprun>\n<host>\n', 'scan.xml:3:1: no well-formed XML: unclosed tag'],
    ['two attributes of one name', '<nmaprun a="1" a="2"/>', 'no well-formed XML'],
    ['declared entities', '<!DOCTYPE nmaprun [<!ENTITY a "b">]><nmaprun a="&a;"/>', 'declares entities of its own'],
    ['an unknown entity', run('&lol;'), 'no well-formed XML: undefined entity'],
    ['elements that nest too deep', run('<a>'.repeat(200)), 'its elements nest deeper than 64'],
    [
      'too many attributes',
      `<nmaprun ${Array.from({length: 99}, (_, at) => `a${at}="1"`).join(' ')}/>`,
      'more than 64 attributes',
    ],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0xff]), 'a byte is not UTF-8'],
    ['half a character', Buffer.from([0x3c, 0x61, 0xc3]), 'it ends inside a character'],
    ['UTF-16', Buffer.from('\u{feff}<nmaprun/>', 'utf16le'), 'scan.xml:'],
  ])('%s is refused with the place', async (_, text, message) => {
    const error = await rejectionOf(parse(text))
    expect(error.code).toBe('FLEET_FILE_INVALID')
    expect(error.message).toContain(message)
    expect(error.message).toMatch(/^scan\.xml:\d+:\d+: /)
    expect(error.hint).toContain('-oX')
  })

  it('is refused above 64 MiB', async () => {
    const spaces = Buffer.alloc(1024 * 1024, 0x20)
    const error = await rejectionOf(
      parseScan('big.xml', [Buffer.from('<nmaprun>'), ...Array.from({length: 64}, () => spaces)]),
    )
    expect(error.message).toBe('big.xml: it has more than 64 MiB')
  })

  it.each([
    ['a missing file', '/nonexistent/scan.xml', 'there is no such file'],
    ['a device', '/dev/zero', 'it is no regular file'],
    ['a directory', tmpdir(), 'it is no regular file'],
  ])('%s is refused', async (_, path, why) => {
    const error = await rejectionOf(readScan(path))
    expect(error).toMatchObject({code: 'FLEET_FILE_NOT_FOUND', message: `cannot read ${path}: ${why}`})
  })
})
