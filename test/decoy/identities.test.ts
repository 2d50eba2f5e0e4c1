/** What is somebody's own and travels as bytes: of no two deckies, of no two installs, and the same after a restart. */
import {once} from 'node:events'
import {createConnection, type Socket} from 'node:net'
import {describe, expect, it} from 'vitest'

import {LittleEndianWriter} from '../../src/decoy/codecs/little-endian.ts'
import type {ServiceDefinition} from '../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../src/decoy/persona.ts'
import {COMMAND} from '../../src/decoy/services/smb/wire/constants.ts'
import {encodeFrame} from '../../src/decoy/services/smb/wire/framing.ts'
import {openMessage} from '../../src/decoy/services/snmp/wire/message.ts'
import {readUsmMessage} from '../../src/decoy/services/snmp/wire/usm-message.ts'
import {SERVICE_LOADERS} from '../../src/decoy/services.ts'
import {defaultOptions, machineFacts, openPorts, PLAYED} from '../support/recognition.ts'
import {certificateAfterStartTls, PRELUDES} from '../support/starttls.ts'
import {negotiateMessage} from './codecs/ntlm/client.ts'
import {answerOf, negotiateBody, setupBody, tokenOf} from './services/smb/client.ts'
import {usmRequest} from './services/snmp/corpus.ts'
import {tell} from './services/snmp/support.ts'

/** Same archetype: two of one install, one of another, and the first once more. */
const MACHINES = [
  [0, 1],
  [0, 2],
  [1, 1],
  [0, 1],
] as const
const SLOW = 20_000
/** MySQL's own authority numbers its certificates from 1, on every machine. */
const COUNTED: ReadonlySet<string> = new Set(['mysql'])
/** Debian's MariaDB has no TLS until it is set up. */
const OTHERWISE: Readonly<Record<string, Partial<PersonaFacts>>> = {mysql: {distro: 'ubuntu22'}}

function definitionOf(service: string): ServiceDefinition {
  const definition = PLAYED.find(({name}) => name === service)
  if (definition === undefined) throw new Error(`${service} is not played`)
  return definition
}

/** What `ask` learns from the first port of each of the machines. */
async function ofEach<T>(service: string, ask: (port: number) => Promise<T>): Promise<T[]> {
  const learnt: T[] = []
  for (const [install, decky] of MACHINES) {
    const facts = {...machineFacts(service, install, decky), ...OTHERWISE[service]}
    const opened = await openPorts(definitionOf(service), facts)
    learnt.push(await ask(opened[0]?.port ?? 0))
    await Promise.all(opened.map((port) => port.close()))
  }
  return learnt
}

function expectOwn(values: readonly unknown[]): void {
  const [first, second, elsewhere, again] = values
  expect(new Set([first, second, elsewhere]).size).toBe(3)
  expect(again).toEqual(first)
}

describe('the certificate behind STARTTLS', () => {
  it.each(Object.keys(PRELUDES))('of %s is its own', {timeout: SLOW}, async (service) => {
    const shown = await ofEach(service, (port) => certificateAfterStartTls(service, port))
    for (const field of ['fingerprint256', 'serialNumber', 'pubkey'] as const) {
      if (field === 'serialNumber' && COUNTED.has(service)) continue
      expectOwn(shown.map((certificate) => String(certificate[field]?.toString('hex' as never))))
    }
    const issued = shown.map(({valid_from: from}) => Date.parse(from))
    // The fleet's own authority or the product at its installation: never all in one minute.
    expect(new Set(issued.slice(0, 3)).size).toBeGreaterThan(1)
  })
})

interface SmbFacts {
  readonly guid: string
  readonly salt: string
  readonly challenge: string
}

async function ask(socket: Socket, command: number, id: number, body: Buffer): Promise<ReturnType<typeof answerOf>> {
  const header = new LittleEndianWriter().bytes(Buffer.from('\xfeSMB', 'latin1')).u16(64, 1).u32(0).u16(command, 8)
  header.u32(0, 0).u64(BigInt(id)).u32(0, 0).u64(0n).zeros(16)
  socket.write(encodeFrame(Buffer.concat([header.done(), body])))
  const [reply] = (await once(socket, 'data')) as [Buffer]
  return answerOf(reply.subarray(4))
}

/** MS-SMB2 §2.2.4, §2.2.4.1.1; MS-NLMP §2.2.1.2. */
async function smbFacts(port: number): Promise<SmbFacts> {
  const socket = createConnection({host: '127.0.0.1', port})
  await once(socket, 'connect')
  const preauth = new LittleEndianWriter().u16(1, 32, 1).bytes(Buffer.alloc(32, 7)).done()
  const {message} = await ask(socket, COMMAND.NEGOTIATE, 0, negotiateBody([0x0302, 0x0311], [[1, preauth]]))
  const context = message.readUInt32LE(64 + 60)
  const salt = message.subarray(context + 8 + 6, context + 8 + 6 + 32)
  const challenge = tokenOf(await ask(socket, COMMAND.SESSION_SETUP, 1, setupBody(negotiateMessage())))
  socket.destroy()
  const text = (bytes: Buffer): string => bytes.toString('hex')
  return {guid: text(message.subarray(72, 88)), salt: text(salt), challenge: text(challenge.subarray(24, 32))}
}

describe('smb', () => {
  it('has a GUID of its own, and a challenge and a salt for every connection', {timeout: SLOW}, async () => {
    const visits = await ofEach('smb', async (port) => [await smbFacts(port), await smbFacts(port)] as const)
    expectOwn(visits.map(([{guid}]) => guid))
    for (const [one, again] of visits) expect(again.guid).toBe(one.guid)
    const all = visits.flat()
    for (const field of ['challenge', 'salt'] as const) {
      const values = all.map((facts) => facts[field])
      expect(new Set(values).size).toBe(all.length)
      for (const value of values) expect(value).toMatch(/^(?!0+$)[0-9a-f]{16,64}$/)
    }
  })
})

describe('snmp', () => {
  it('has an engine of its own', async () => {
    const definition = definitionOf('snmp')
    const load = await SERVICE_LOADERS.get('snmp')?.()
    const engines: string[] = []
    for (const [install, decky] of MACHINES) {
      const persona = new Persona(machineFacts('snmp', install, decky))
      const service = await load?.(persona, defaultOptions(definition))
      if (service === undefined) throw new Error('snmp is not played')
      const {reply} = tell(service, usmRequest())
      engines.push(readUsmMessage(openMessage(reply ?? Buffer.alloc(0)).fields).engineId.toString('hex'))
    }
    for (const engine of engines) expect(engine).toMatch(/^80[0-9a-f]{8,62}$/)
    expectOwn(engines)
  })
})
