import {describe, expect, it} from 'vitest'

import {Association, type AssociationOptions, FAULT} from '../../../../src/decoy/codecs/dcerpc/association.ts'
import {NdrReader, NdrWriter} from '../../../../src/decoy/codecs/dcerpc/ndr.ts'
import {encodePdu, PDU, PDU_FLAG, parsePdu} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {encodeSid} from '../../../../src/decoy/codecs/dcerpc/sid.ts'
import {decodeUuid, encodeUuid} from '../../../../src/decoy/codecs/dcerpc/uuid.ts'
import {bindBody, NDR, requestBody, SRVSVC} from '../../services/smb/rpc.ts'
import {fuzz, refused} from '../hostile.ts'

const BIND = encodePdu(PDU.BIND, 1, bindBody(SRVSVC, 3))

function associate(options: Partial<AssociationOptions> = {}): Association {
  return new Association({
    interfaces: [
      {uuid: SRVSVC, version: 3, call: (operation, stub) => (operation === 9 ? {fault: FAULT.ACCESS_DENIED} : {stub})},
    ],
    endpoint: '\\PIPE\\srvsvc',
    group: 0x53f0,
    fragment: 4280,
    ...options,
  })
}

describe('binding', () => {
  it('accepts an interface that there is, and names the endpoint', () => {
    const [reply = Buffer.alloc(0)] = associate().feed(BIND)
    const {type, body} = parsePdu(reply)
    expect(type).toBe(PDU.BIND_ACK)
    expect(body.toString('latin1', 10, 10 + 12)).toBe('\\PIPE\\srvsvc')
    expect(body.readUInt16LE(body.length - 24)).toBe(0)
    expect(decodeUuid(body.subarray(body.length - 20, body.length - 4))).toBe(NDR)
  })

  it('rejects what there is not, and says why', () => {
    const other = encodePdu(PDU.BIND, 1, bindBody('e1af8308-5d1f-11c9-91a4-08002b14a0fa', 3))
    const [reply = Buffer.alloc(0)] = associate().feed(other)
    const {body} = parsePdu(reply)
    expect(body.readUInt16LE(body.length - 24)).toBe(2)
    expect(body.readUInt16LE(body.length - 22)).toBe(1)
  })

  it('hands tokens to whoever authenticates', () => {
    const seen: Buffer[] = []
    const association = associate({
      authenticate: ({token}) => {
        seen.push(token)
        return Buffer.from('challenge')
      },
    })
    const security = {type: 10, level: 2, contextId: 7, token: Buffer.from('negotiate')}
    const [reply = Buffer.alloc(0)] = association.feed(encodePdu(PDU.BIND, 1, bindBody(SRVSVC, 3), {security}))
    expect(parsePdu(reply).security).toMatchObject({type: 10, level: 2, contextId: 7})
    expect(parsePdu(reply).security?.token.toString()).toBe('challenge')
    expect(seen.map(String)).toEqual(['negotiate'])
  })
})

describe('calls', () => {
  it('answers with what the operation returns, or its fault', () => {
    const association = associate()
    association.feed(BIND)
    const ask = (operation: number) =>
      association.feed(encodePdu(PDU.REQUEST, 2, requestBody(operation, Buffer.from('stub')))).map(parsePdu)
    expect(ask(1)).toMatchObject([{type: PDU.RESPONSE, callId: 2}])
    expect(ask(1)[0]?.body.toString('latin1', 8)).toBe('stub')
    expect(ask(9)[0]?.type).toBe(PDU.FAULT)
    expect(ask(9)[0]?.body.readUInt32LE(8)).toBe(FAULT.ACCESS_DENIED)
  })

  it('refuses calls to what was not bound', () => {
    const [reply] = associate().feed(encodePdu(PDU.REQUEST, 2, requestBody(1, Buffer.alloc(4))))
    expect(parsePdu(reply ?? BIND).body.readUInt32LE(8)).toBe(FAULT.UNKNOWN_INTERFACE)
  })

  it('joins the fragments of a request and cuts the response', () => {
    const association = associate({fragment: 2000})
    association.feed(BIND)
    const stub = Buffer.alloc(5000, 0x41)
    const first = encodePdu(PDU.REQUEST, 2, requestBody(1, stub.subarray(0, 3000)), {flags: PDU_FLAG.FIRST})
    const last = encodePdu(PDU.REQUEST, 2, requestBody(1, stub.subarray(3000)), {flags: PDU_FLAG.LAST})
    expect(association.feed(first)).toEqual([])
    const replies = association.feed(last).map(parsePdu)
    expect(replies.map(({flags}) => flags)).toEqual([1, 0, 2])
    expect(Buffer.concat(replies.map(({body}) => body.subarray(8))).equals(stub)).toBe(true)
  })

  it('does the same wherever its bytes are cut', () => {
    const bytes = Buffer.concat([BIND, encodePdu(PDU.REQUEST, 2, requestBody(1, Buffer.from('stub')))])
    const whole = Buffer.concat(associate().feed(bytes)).toString('hex')
    for (let at = 0; at <= bytes.length; at++) {
      const association = associate()
      const replies = [...association.feed(bytes.subarray(0, at)), ...association.feed(bytes.subarray(at))]
      expect(Buffer.concat(replies).toString('hex')).toBe(whole)
    }
  })

  it('bounds what it joins', () => {
    const association = associate()
    association.feed(BIND)
    const part = encodePdu(PDU.REQUEST, 2, requestBody(1, Buffer.alloc(60_000)), {flags: 0})
    association.feed(part)
    association.feed(part)
    expect(refused((bytes) => association.feed(bytes), part)).toBe(true)
  })

  it('throws nothing but a CodecError, whatever comes', () => {
    const messages = [BIND, encodePdu(PDU.REQUEST, 2, requestBody(1, Buffer.from('stub')))]
    fuzz((input) => associate().feed(Buffer.concat([BIND, input])), messages, 5000)
  })
})

describe('NDR', () => {
  it('writes strings with their three counts', () => {
    const bytes = new NdrWriter().string('IPC$').done()
    expect(bytes.toString('hex')).toBe('050000000000000005000000490050004300240000000000')
    expect(new NdrReader(bytes).string()).toBe('IPC$')
  })

  it('reads what is not there as null', () => {
    expect(new NdrReader(Buffer.alloc(4)).uniqueString()).toBeNull()
  })

  it('writes identifiers as Windows has them', () => {
    expect(encodeSid('S-1-5-32-544').toString('hex')).toBe('01020000000000052000000020020000')
    expect(encodeUuid(NDR).toString('hex')).toBe('045d888aeb1cc9119fe808002b104860')
    expect(decodeUuid(encodeUuid(SRVSVC))).toBe(SRVSVC)
  })
})
