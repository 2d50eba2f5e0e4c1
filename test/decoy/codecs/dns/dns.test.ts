import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {CodecError} from '../../../../src/decoy/codecs/codec-error.ts'
import {CLASS, typeName} from '../../../../src/decoy/codecs/dns/constants.ts'
import {ednsOf, readMessage} from '../../../../src/decoy/codecs/dns/message.ts'
import {
  encodeName,
  isWithin,
  type Name,
  nameKey,
  nameOf,
  nameText,
  readName,
} from '../../../../src/decoy/codecs/dns/name.ts'
import {address, address6, alias, ipv6, opt, service, text} from '../../../../src/decoy/codecs/dns/records.ts'
import {writeMessage} from '../../../../src/decoy/codecs/dns/writer.ts'

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')
const label = fc.string({minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcXYZ019-_.')})
const name = fc.array(label, {maxLength: 6})

describe('names', () => {
  it('follow pointers to names before them (RFC 1035 §4.1.4)', () => {
    const message = hex('01 66 04 69736973 04 61727061 00 03 666f6f c000 c002')
    expect(readName(message, 0)).toEqual({name: ['f', 'isis', 'arpa'], end: 13})
    expect(readName(message, 13)).toEqual({name: ['foo', 'f', 'isis', 'arpa'], end: 19})
    expect(readName(message, 19)).toEqual({name: ['isis', 'arpa'], end: 21})
  })

  it.each([
    ['to themselves', 'c000'],
    ['forward', 'c002 00'],
    ['in a circle', '01 61 c004 01 62 c000'],
    ['to nowhere', 'c0'],
  ])('do not follow pointers %s', (_, bytes) => {
    const message = hex(bytes)
    for (const at of message.keys()) expect(() => readUntil(message, at)).not.toThrow(RangeError)
    expect(() => readName(message, 0)).toThrow(CodecError)
  })

  it('have at most 255 octets, however they are put together', () => {
    const long = Buffer.concat([...Array<Buffer>(3).fill(hex(`3f${'61'.repeat(63)}`)), hex(`3d${'61'.repeat(61)}00`)])
    expect(readName(long, 0).name).toHaveLength(4)
    const longer = Buffer.concat([long, hex('0161c000')])
    expect(() => readName(longer, long.length)).toThrow(/255/)
    expect(() => readName(hex('80'), 0)).toThrow(/kind/)
    expect(() => readName(hex('0561'), 0)).toThrow(/cut off/)
  })

  it('come back as they were written', () => {
    fc.assert(
      fc.property(name, (labels) => {
        expect(readName(encodeName(labels), 0).name).toEqual(labels)
      }),
    )
    expect(() => encodeName(['a'.repeat(64)])).toThrow(CodecError)
    expect(() => encodeName([''])).toThrow(CodecError)
  })

  it('are shown without anything that could be taken for something else', () => {
    expect([nameText([]), nameText(['a.b', 'c\n'])]).toEqual(['.', 'a\\.b.c\\x0a'])
    expect(nameKey(nameOf('WWW.Corp.Example.'))).toBe('www.corp.example')
    expect([isWithin(nameOf('a.B.c'), nameOf('b.C')), isWithin(nameOf('ab.c'), nameOf('b.c'))]).toEqual([true, false])
  })
})

function readUntil(message: Buffer, at: number): Name | null {
  try {
    return readName(message, at).name
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}

describe('messages', () => {
  it('come back as they were written, compressed or not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, name), {maxLength: 8}),
        fc.boolean(),
        fc.nat(0xffff),
        (pairs, compress, id) => {
          const answers = pairs.map(([owner, target]) => alias(owner, 300, target))
          const bytes = writeMessage({id, flags: 0x8400, answers}, {compress})
          const read = readMessage(bytes)
          expect([read.id, read.flags, read.rest]).toEqual([id, 0x8400, 0])
          expect(read.answers.map((each) => [each.name, readName(bytes, each.at).name])).toEqual(pairs)
        },
      ),
    )
  })

  it('are shorter where names are compressed', () => {
    const records = [1, 2, 3].map((host) => address(nameOf(`h${host}.corp.example`), 60, `10.0.0.${host}`))
    const sizes = [true, false].map((compress) => writeMessage({id: 1, flags: 0, answers: records}, {compress}).length)
    expect(sizes).toEqual([12 + 17 + 14 + 2 * (5 + 14), 12 + 3 * (17 + 14)])
  })

  it('have data of each type', () => {
    expect(ipv6('2001:db8::1').toString('hex')).toBe('20010db8000000000000000000000001')
    expect(ipv6('::').toString('hex')).toBe('0'.repeat(32))
    expect(address6([], 1, '1:2:3:4:5:6:7:8').data).toEqual([hex('00010002000300040005000600070008')])
    expect(text([], 1, ['a'.repeat(300)]).data[0]).toHaveLength(256)
    expect(service([], 1, {priority: 1, weight: 2, port: 3, target: []}).data[0]).toEqual(hex('000100020003'))
    expect([typeName(33), typeName(65_399)]).toEqual(['SRV', 'TYPE65399'])
  })

  it('tell of EDNS once, and as it is', () => {
    const sent = opt({size: 1232, dnssecOk: true, options: [{code: 10, data: Buffer.alloc(8, 1)}]})
    const read = (...additionals: ReturnType<typeof opt>[]) => readMessage(writeMessage({id: 1, flags: 0, additionals}))
    expect(ednsOf(read(sent))).toEqual({
      size: 1232,
      version: 0,
      dnssecOk: true,
      options: [{code: 10, data: Buffer.alloc(8, 1)}],
    })
    expect(ednsOf(read())).toBeNull()
    expect(() => ednsOf(read(sent, sent))).toThrow(/two/)
    expect(() => ednsOf(read({...sent, name: ['a']}))).toThrow(/root/)
    expect(() => ednsOf(read({...sent, data: [hex('000a00')]}))).toThrow(/cut off/)
    expect(() => ednsOf(read({...sent, data: [hex('000a000901')]}))).toThrow(/cut off/)
  })

  it('that announce more than there is are none', () => {
    for (const bytes of [hex('0001 0000 ffff 0000 0000 0000'), hex('0001 0000 0001 0000 0000 0000 00'), hex('00')]) {
      expect(() => readMessage(bytes)).toThrow(CodecError)
    }
    const cut = writeMessage({
      id: 1,
      flags: 0,
      questions: [{name: [], type: 1, class: CLASS.IN}],
      answers: [address([], 1, '1.2.3.4')],
    })
    for (let size = 0; size < cut.length; size++) expect(() => readMessage(cut.subarray(0, size))).toThrow(CodecError)
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 64}), (noise) => {
        try {
          readMessage(Buffer.from(noise))
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
      }),
    )
  })
})
