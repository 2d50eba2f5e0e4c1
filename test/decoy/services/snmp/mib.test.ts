/** The objects of each kind of machine. */
import {describe, expect, it} from 'vitest'

import {deviceOf} from '../../../../src/decoy/persona/ios-device.ts'
import {printerOf} from '../../../../src/decoy/persona/printer.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {parseArp} from '../../../../src/decoy/services/snmp/mib/network.ts'
import {PDU} from '../../../../src/decoy/services/snmp/wire/pdu.ts'
import {numberOf, SNMP_TAG} from '../../../../src/decoy/services/snmp/wire/values.ts'
import {udpConnection} from '../../../support/abuse-udp.ts'
import {OID, V1} from './corpus.ts'
import {agent, ask, FACTS, get, MACHINES, machine, textOf, walk} from './support.ts'

const NOW = udpConnection(161).now()
const later = (seconds: number) => ({now: () => NOW + seconds * 1000})
const uint = ({content}: {content: Buffer}): number => Number(BigInt(`0x${content.toString('hex')}`))

/** A name whose order as text is the order of its numbers. */
const padded = (oid: string): string =>
  oid
    .split('.')
    .map((arc) => arc.padStart(10, '0'))
    .join('.')

/** What nmap and inventory tools know each of them by. */
const KNOWN_BY: Readonly<Record<string, {description: RegExp; objectId: RegExp; has: readonly string[]}>> = {
  'net-snmp': {
    description: /^Linux vm 6\.1\.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian \S+ \(\S+\) x86_64$/,
    objectId: /^2b06010401bf0803020a$/,
    has: ['1.3.6.1.2.1.25.4.2.1.2.1', '1.3.6.1.4.1.2021.4.5.0', '1.3.6.1.2.1.31.1.1.1.6.2'],
  },
  windows: {
    description: /^Hardware: Intel64 .* - Software: Windows Version 6\.3 \(Build 20348 Multiprocessor Free\)$/,
    objectId: /^2b0601040182370101030102$/,
    has: ['1.3.6.1.2.1.25.4.2.1.2.4', '1.3.6.1.4.1.77.1.2.25.1.1.5.71.117.101.115.116'],
  },
  cisco: {
    description: /^Cisco IOS Software, C\d+\w+ Software \(\S+\), Version 15\.2\(\d\)E\d, RELEASE SOFTWARE \(fc\d\)\r\n/,
    objectId: /^2b060104010901/,
    has: ['1.3.6.1.2.1.2.2.1.2.10101', '1.3.6.1.2.1.47.1.1.1.1.11.1001', '1.3.6.1.4.1.9.9.48.1.1.1.5.1'],
  },
  printer: {
    description: /^HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI\d+,CIDATE \d\d\/\d\d\/\d{4}$/,
    objectId: /^2b060104010b02030901$/,
    has: ['1.3.6.1.2.1.43.10.2.1.4.1.1', '1.3.6.1.2.1.43.11.1.1.9.1.1', '1.3.6.1.2.1.25.3.5.1.1.1'],
  },
  ups: {
    description:
      /^APC Web\/SNMP Management Card \(MB:\S+ PF:\S+ PN:\S+ AF1:\S+ AN1:\S+ MN:AP963\d HR:05 SN: ZA\d+ MD:\S+\)/,
    objectId: /^2b06010401823e01031b$/,
    has: ['1.3.6.1.2.1.33.1.1.2.0', '1.3.6.1.2.1.33.1.2.4.0', '1.3.6.1.4.1.318.1.1.1.1.2.3.0'],
  },
  synology: {
    description: /^Linux vm 4\.4\.302\+ #\d+ SMP .* CST 20\d\d x86_64$/,
    objectId: /^2b06010401bf0803020a$/,
    has: ['1.3.6.1.4.1.6574.1.5.1.0', '1.3.6.1.4.1.6574.2.1.1.3.0', '1.3.6.1.2.1.25.2.3.1.3.32'],
  },
  axis: {
    description: /^; AXIS \S+; (?:PTZ Dome )?Network Camera; 10\.12\.\d+; /,
    objectId: /^2b060104018270$/,
    has: ['1.3.6.1.2.1.2.2.1.2.2'],
  },
  plc: {
    description: /^Siemens, SIMATIC S7, CPU31\S+ PN\/DP, 6ES7 31\S+ , HW: \d, FW: V3\.\d\.\d+, S C-\w+$/,
    objectId: /^00$/,
    has: ['1.3.6.1.2.1.2.2.1.6.1'],
  },
}

describe.each(Object.keys(MACHINES))('%s', (name) => {
  const service = machine(name)
  const variables = walk(service)

  it('is what its vendor made', () => {
    const {description, objectId, has} = KNOWN_BY[name] ?? {description: /^$/, objectId: /^$/, has: []}
    expect(textOf(service, OID.DESCRIPTION)).toMatch(description)
    expect(get(service, OID.OBJECT_ID).content.toString('hex')).toMatch(objectId)
    const names = new Set(variables.map(({oid}) => oid))
    for (const oid of has) expect(names, oid).toContain(oid)
  })

  it('is walked in order, each name once, and every value can be asked for by its name', () => {
    expect(variables.length).toBeGreaterThan(150)
    for (const [at, {oid, value}] of variables.entries()) {
      const before = variables[at - 1]
      if (before !== undefined) expect(padded(before.oid) < padded(oid), `${before.oid} before ${oid}`).toBe(true)
      expect(get(service, oid).tag, oid).toBe(value.tag)
    }
  })

  it('tells the same by GetBulk as by GetNext', () => {
    const found: string[] = []
    let oid = '1.3'
    for (let step = 0; step < 500 && oid !== ''; step++) {
      const {varbinds} = ask(service, {type: PDU.GET_BULK, second: 25, names: [oid]})
      found.push(...varbinds.filter(({value}) => value.tag !== 0x82).map((varbind) => varbind.oid))
      oid = varbinds.at(-1)?.value.tag === 0x82 ? '' : (varbinds.at(-1)?.oid ?? '')
    }
    expect(found).toEqual(variables.map((variable) => variable.oid))
  })

  it('has no counters of 64 bits in version 1', () => {
    let oid = '1.3.6.1.2.1.31'
    for (let step = 0; step < 200; step++) {
      const {first, varbinds} = ask(service, {version: V1, type: PDU.GET_NEXT, names: [oid]})
      if (first !== 0) break
      oid = varbinds[0]?.oid ?? ''
      expect(varbinds[0]?.value.tag).not.toBe(SNMP_TAG.COUNTER64)
    }
    const wide = variables.find(({value}) => value.tag === SNMP_TAG.COUNTER64)
    if (wide !== undefined) expect(ask(service, {version: V1, names: [wide.oid]}).first).toBe(2)
  })

  it('counts upwards, in TimeTicks since the boot of the persona', () => {
    const [now, then] = [get(service, OID.UPTIME), get(service, OID.UPTIME, later(90))]
    expect(now.tag).toBe(SNMP_TAG.TIME_TICKS)
    expect(uint(then) - uint(now)).toBe(9000)
    const boot = NOW - new Persona(FACTS).bootedAt(NOW)
    expect(Math.abs(uint(now) * 10 - boot)).toBeLessThan(120_000)
    const busy = variables.filter(
      ({oid, value}) =>
        value.tag === SNMP_TAG.COUNTER32 && uint(value) > 0 && !/^1\.3\.6\.1\.2\.1\.43|\.11\.2\.3/.test(oid),
    )
    expect(busy.length).toBeGreaterThan(8)
    for (const {oid, value} of busy) {
      const [next, last] = [get(service, oid, later(600)), get(service, oid, later(1200))].map(uint)
      const grown =
        (((next ?? 0) - uint(value) + 2 ** 32) % 2 ** 32) + (((last ?? 0) - (next ?? 0) + 2 ** 32) % 2 ** 32)
      expect(grown, oid).toBeLessThan(2 ** 31)
      if (uint(value) > 1_000_000) expect(grown, oid).toBeGreaterThan(0)
    }
  })

  it('shows the ports and neighbours that there are, and nothing of other machines', () => {
    const names = variables.map(({oid}) => oid)
    expect(names).toContain('1.3.6.1.2.1.6.13.1.1.0.0.0.0.22.0.0.0.0.0')
    expect(names).toContain('1.3.6.1.2.1.7.5.1.1.0.0.0.0.161')
    expect(names.some((oid) => oid.includes('39000'))).toBe(false)
    expect(names.filter((oid) => /^1\.3\.6\.1\.2\.1\.4\.22\.1\.2\./.test(oid))).toHaveLength(1)
  })

  it('differs between two deckies and two installs in what is their own', () => {
    const {facts, options = {}} = MACHINES[name] ?? {facts: {}}
    const others = [
      agent({...facts, hostname: 'other', ip: '192.168.1.6', mac: '00:50:56:0a:0b:0c', seed: '6b'.repeat(32)}, options),
      agent(
        {
          ...facts,
          hostname: 'third',
          ip: '10.0.0.6',
          mac: '00:50:56:0a:0b:0d',
          seed: '7c'.repeat(32),
          fleet: {seed: 'b2'.repeat(32), site: 'par', controller: 'DC01'},
        },
        options,
      ),
    ]
    const octets = (found: typeof variables) => new Map(found.map(({oid, value}) => [oid, value]))
    const own = octets(variables)
    for (const other of others) {
      const theirs = octets(walk(other))
      const busy = ['1.3.6.1.2.1.1.3.0', '1.3.6.1.2.1.4.3.0', '1.3.6.1.2.1.6.10.0', '1.3.6.1.2.1.11.1.0']
      for (const oid of busy) expect(theirs.get(oid)?.content, oid).not.toEqual(own.get(oid)?.content)
      expect(textOf(other, OID.DESCRIPTION)).not.toContain('vm ')
    }
    const again = octets(walk(machine(name)))
    for (const [oid, value] of own) expect(again.get(oid), oid).toEqual(value)
  })
})

describe('one story in all services', () => {
  it('the printer has the model and serial number that its web page has', () => {
    const {facts} = MACHINES.printer ?? {facts: {}}
    const printer = printerOf(new Persona({...FACTS, ...facts}))
    const service = machine('printer')
    expect(textOf(service, '1.3.6.1.2.1.25.3.2.1.3.1')).toBe(printer.model.name)
    expect(textOf(service, '1.3.6.1.2.1.43.5.1.1.17.1')).toBe(printer.serial)
    expect(uint(get(service, '1.3.6.1.2.1.43.10.2.1.4.1.1'))).toBe(printer.pages)
  })

  it('the switch has the serial number and ports that its command line shows, and the community of its configuration', () => {
    const {facts} = MACHINES.cisco ?? {facts: {}}
    const {serial, model} = deviceOf(new Persona({...FACTS, ...facts}))
    expect(textOf(machine('cisco'), '1.3.6.1.2.1.47.1.1.1.1.11.1001')).toBe(serial)
    expect(numberOf(get(machine('cisco'), '1.3.6.1.2.1.2.1.0'))).toBe(model.ports + 6)
    const readers = ['public', 'netops', 'monitor'].map((community) => {
      try {
        return ask(machine('cisco'), {community, names: [OID.NAME]}).first
      } catch {
        return null
      }
    })
    expect(readers[0]).toBe(0)
    const shown = agent({...facts, seed: '01'.repeat(32)})
    expect(
      ask(shown, {community: ['public', 'netops', 'monitor'][communityOf('01')] ?? '', names: [OID.NAME]}).first,
    ).toBe(0)
  })
})

/** Which of the three a switch's configuration shows. */
function communityOf(seed: string): number {
  return new Persona({...FACTS, seed: seed.repeat(32)}).integer('ios community', 0, 2)
}

describe('the table of neighbours', () => {
  it('has the complete entries of the kernel', () => {
    const table = [
      'IP address       HW type     Flags       HW address            Mask     Device',
      '192.168.1.1      0x1         0x2         0a:0b:0c:0d:0e:0f     *        eth0',
      '192.168.1.9      0x1         0x0         00:00:00:00:00:00     *        eth0',
      '',
    ]
    expect(parseArp(table.join('\n'))).toEqual([{ip: '192.168.1.1', mac: Buffer.from('0a0b0c0d0e0f', 'hex')}])
  })
})
