/** As `recognition.test.ts`, for what is asked in datagrams. */
import {describe, expect, it} from 'vitest'

import type {ServiceDefinition} from '../../src/decoy/definition.ts'
import {Persona} from '../../src/decoy/persona.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import {udpConnection} from '../support/abuse-udp.ts'
import {defaultOptions, machineFacts, PLAYED} from '../support/recognition.ts'
import {OPENINGS} from './recognition-corpus.ts'
import {request} from './services/snmp/corpus.ts'

const GIVEAWAY = /decnet|decky|honey|cowrie|dionaea|conpot|opencanary|node\.js|TypeError|undefined|\bNaN\b|\[object /i
/** What holds an address translation open; it says nothing, and nothing is recorded of it. */
const KEEPS_ALIVE = /^[\r\n\0]*$/

const UDP = PLAYED.flatMap((definition) =>
  definition.ports
    .filter(({protocol}) => protocol === 'udp')
    .map(({port}) => [`${definition.name}:${port}`, definition, port] as const),
)

async function handlerOf(definition: ServiceDefinition, port: number, install = 0, decky = 1) {
  const load = SERVICE_LOADERS.get(definition.name)
  if (load === undefined) throw new Error(`${definition.name} cannot be played`)
  const persona = new Persona(machineFacts(definition.name, install, decky))
  return (await (await load())(persona, defaultOptions(definition))).udp?.(port)
}

describe.each(UDP)('%s', (_, definition, port) => {
  it.each(Object.entries(OPENINGS))('takes %s for what it is, and records it', async (_name, opening) => {
    const handler = await handlerOf(definition, port)
    const outcome = handler?.datagram(opening, udpConnection(port, {proven: true}))
    const said = Buffer.concat(outcome?.replies.map((reply) => Buffer.from(reply)) ?? [])
    expect(said.toString('latin1')).not.toMatch(GIVEAWAY)
    if (!KEEPS_ALIVE.test(opening.toString('latin1'))) expect(outcome?.events).not.toEqual([])
  })
})

describe('the checklist of probes', () => {
  const snmp = UDP.find(([name]) => name === 'snmp:161')

  it('snmp: sysUpTime answers, is no text, and grows', async () => {
    if (snmp === undefined) throw new Error('snmp is not played')
    const handler = await handlerOf(snmp[1], 161)
    const {now} = udpConnection(161)
    const [first, second] = [0, 5000].map((later) => {
      const connection = udpConnection(161, {proven: true, now: () => now() + later})
      const [reply] = handler?.datagram(request({names: ['1.3.6.1.2.1.1.3.0']}), connection).replies ?? []
      const ticks = /430([1-5])((?:..){1,5})$/.exec(reply?.toString('hex') ?? '')
      return Number.parseInt(ticks?.[2] ?? '', 16)
    })
    expect((second ?? 0) - (first ?? 0)).toBe(500)
  })

  it('snmp: no two deckies and no two installs have one engine, uptime or contact', async () => {
    if (snmp === undefined) throw new Error('snmp is not played')
    const discovery = OPENINGS_OF_SNMP
    const seen = await Promise.all(
      (
        [
          [0, 1],
          [0, 2],
          [1, 1],
        ] as const
      ).map(async ([install, decky]) => {
        const handler = await handlerOf(snmp[1], 161, install, decky)
        const replies = discovery.map(
          (bytes) => handler?.datagram(bytes, udpConnection(161, {proven: true})).replies[0],
        )
        return replies.map((reply) => reply?.toString('hex'))
      }),
    )
    for (const question of discovery.keys()) expect(new Set(seen.map((replies) => replies[question])).size).toBe(3)
  })
})

const OPENINGS_OF_SNMP = [
  Buffer.from(
    '303a020103300f02024a69020300ffe30401040201030410300e0400020100020100040004000400301204000400a00c020237f00201000201003000',
    'hex',
  ),
  request({names: ['1.3.6.1.2.1.1.3.0']}),
  request({names: ['1.3.6.1.2.1.1.5.0']}),
]
