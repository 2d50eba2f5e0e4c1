/** Answers of a real agent, byte for byte. */
import {describe, expect, it} from 'vitest'

import {openMessage} from '../../../../src/decoy/services/snmp/wire/message.ts'
import {readUsmMessage} from '../../../../src/decoy/services/snmp/wire/usm-message.ts'
import {DISCOVERIES, QUESTIONS, UNANSWERED} from './corpus.ts'
import golden from './golden-net-snmp-5.9.3.json' with {type: 'json'}
import {agent, tell} from './support.ts'

const OPTIONS = {write_community: 'private', contact: 'root', location: 'Unknown'}
const ANSWERS: Readonly<Record<string, string | null>> = golden.answers

describe(`as ${golden.server}`, () => {
  // One agent for all, as when it was recorded: what is set shows in what is asked next.
  const service = agent({}, OPTIONS)

  it.each([...QUESTIONS, ...UNANSWERED])('%s', (name, bytes) => {
    expect(tell(service, bytes).reply?.toString('hex') ?? null).toBe(ANSWERS[name])
  })

  it.each(DISCOVERIES)('%s', (name, bytes) => {
    const [ours, theirs] = [tell(service, bytes).reply, Buffer.from(ANSWERS[name] ?? '', 'hex')].map((reply) => {
      const {fields} = openMessage(reply ?? Buffer.alloc(0))
      const {boots, time, engineId, scoped, ...same} = readUsmMessage(fields)
      expect(engineId.subarray(0, 5).toString('hex')).toBe('80001f8880')
      expect(scoped?.contextEngineId).toEqual(engineId)
      const [varbind] = scoped?.pdu.varbinds ?? []
      return {...same, size: engineId.length, name: scoped?.contextName, pdu: {...scoped?.pdu, varbinds: varbind?.oid}}
    })
    expect(ours).toEqual(theirs)
  })
})
