import {execFileSync} from 'node:child_process'
import {describe, expect, it} from 'vitest'

import {announcedLength, completeLength} from '../../../../src/decoy/codecs/ber/header.ts'
import {BerReader} from '../../../../src/decoy/codecs/ber/reader.ts'
import {
  application,
  applicationPrimitive,
  context,
  contextPrimitive,
  isConstructed,
  TAG,
  tagOctets,
} from '../../../../src/decoy/codecs/ber/tags.ts'
import {decodeBmpString} from '../../../../src/decoy/codecs/ber/values.ts'
import * as write from '../../../../src/decoy/codecs/ber/writer.ts'
import {CodecError} from '../../../../src/decoy/codecs/codec-error.ts'
import {bestTime, fuzz, refusedTruncations} from '../hostile.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

const EVERYTHING = write.sequence([
  write.integer(-129),
  write.boolean(true),
  write.octetString('hello'),
  write.oid('1.3.6.1.4.1.311.2.2.10'),
  write.nullValue(),
  write.enumerated(49),
  write.set([
    write.utf8String('größe'),
    write.printableString('Dept. 1'),
    write.ia5String('a@b'),
    write.bmpString('Ω'),
  ]),
  write.bitString(hex('a0'), 5),
  write.utcTime(Date.UTC(1999, 11, 31, 23, 59, 59)),
  write.generalizedTime(Date.UTC(2037, 8, 13, 2, 48, 5)),
  write.explicit(3, write.generalString('krbtgt')),
  write.octetString(Buffer.alloc(300, 7), contextPrimitive(1)),
])

/** Everything that a reader can do, driven by the tags it meets. */
function walk(reader: BerReader): number {
  let count = 0
  while (reader.more) {
    const tag = reader.peek() ?? 0
    count++
    if (isConstructed(tag)) count += walk(reader.enter(tag))
    else read(reader, tag)
  }
  return count
}

function read(reader: BerReader, tag: number): unknown {
  switch (tag) {
    case TAG.INTEGER:
      return reader.bigInteger()
    case TAG.ENUMERATED:
      return reader.enumerated()
    case TAG.BOOLEAN:
      return reader.boolean()
    case TAG.OBJECT_IDENTIFIER:
      return reader.oid()
    case TAG.NULL:
      return reader.nullValue()
    case TAG.BIT_STRING:
      return reader.bitString()
    case TAG.UTC_TIME:
      return reader.utcTime()
    case TAG.GENERALIZED_TIME:
      return reader.generalizedTime()
    case TAG.BMP_STRING:
      return decodeBmpString(reader.expect(tag))
    default:
      return reader.text(tag)
  }
}

describe('tags', () => {
  it.each([
    [TAG.SEQUENCE, '30'],
    [context(0), 'a0'],
    [contextPrimitive(7), '87'],
    [application(10), '6a'],
    [applicationPrimitive(2), '42'],
    [application(30), '7e'],
    [application(101), '7f65'],
    [context(300), 'bf822c'],
  ])('%i is %s', (tag, octets) => {
    expect(tagOctets(tag).toString('hex')).toBe(octets)
    const raw = Buffer.concat([tagOctets(tag), Buffer.from([0])])
    expect(new BerReader(raw).next().tag).toBe(tag)
    expect(isConstructed(tag)).toBe((Number.parseInt(octets.slice(0, 2), 16) & 0x20) !== 0)
  })

  it('are bounded', () => {
    expect(() => context(-1)).toThrow(CodecError)
    expect(() => context(0x4000)).toThrow(CodecError)
    expect(() => new BerReader(hex('bf81818101 00')).next()).toThrow('tag number too large')
  })
})

describe('lengths', () => {
  it.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_536, '0483010000'],
  ])('%i octets are announced in the fewest octets', (size, header) => {
    const element = write.octetString(Buffer.alloc(size))
    expect(element.subarray(0, header.length / 2).toString('hex')).toBe(header)
    expect(new BerReader(element).octetString()).toHaveLength(size)
  })

  it('take four octets in constructed elements as Active Directory writes them', () => {
    const message = write.sequence([write.integer(1), write.set([], 'four-octet')], 'four-octet')
    expect(message.toString('hex')).toBe('308400000009' + '020101' + '318400000000')
    const inside = new BerReader(message).sequence()
    expect(inside.integer()).toBe(1)
    expect(inside.enter(TAG.SET).more).toBe(false)
  })

  it.each(['3080', '3085', '30ff'])('refuses %s', (header) => {
    expect(() => announcedLength(hex(`${header}0000000000`), 100)).toThrow(CodecError)
  })

  it('tells a whole element from a part of one', () => {
    const message = Buffer.concat([write.sequence([write.octetString(Buffer.alloc(200))]), hex('ffff')])
    const whole = message.length - 2
    for (let size = 0; size <= message.length; size++) {
      expect(completeLength(message.subarray(0, size), 1000)).toBe(size < whole ? null : whole)
    }
    expect(announcedLength(message.subarray(0, 2), 1000)).toBe(null)
    expect(announcedLength(message.subarray(0, 3), 1000)).toBe(whole)
  })

  it('refuses too large an element by its header alone', () => {
    expect(announcedLength(hex('30 84 00 00 03 e2'), 1000)).toBe(1000)
    expect(() => announcedLength(hex('30 84 00 00 03 e3'), 1000)).toThrow('1001 octets where 1000 are allowed')
    expect(() => announcedLength(hex('30 84 ff ff ff ff'), 1000)).toThrow(CodecError)
  })
})

describe('the reader', () => {
  it('returns what the writer wrote', () => {
    const top = new BerReader(EVERYTHING)
    const reader = top.sequence()
    top.end()
    expect(reader.integer()).toBe(-129)
    expect(reader.boolean()).toBe(true)
    expect(reader.octetString().toString()).toBe('hello')
    expect(reader.oid()).toBe('1.3.6.1.4.1.311.2.2.10')
    reader.nullValue()
    expect(reader.enumerated()).toBe(49)
    const strings = reader.enter(TAG.SET)
    expect(strings.text(TAG.UTF8_STRING)).toBe('größe')
    expect(strings.text(TAG.PRINTABLE_STRING)).toBe('Dept. 1')
    expect(strings.text(TAG.IA5_STRING)).toBe('a@b')
    expect(decodeBmpString(strings.expect(TAG.BMP_STRING))).toBe('Ω')
    strings.end()
    expect(reader.bitString()).toEqual({bytes: hex('a0'), unused: 5})
    expect(reader.utcTime()).toBe(Date.UTC(1999, 11, 31, 23, 59, 59))
    expect(reader.generalizedTime()).toBe(Date.UTC(2037, 8, 13, 2, 48, 5))
    expect(reader.tryExplicit(2)).toBeUndefined()
    expect(reader.tryExplicit(3)?.text(TAG.GENERAL_STRING)).toBe('krbtgt')
    expect(reader.optional(TAG.NULL)).toBeUndefined()
    expect(reader.octetString(contextPrimitive(1))).toHaveLength(300)
    reader.end()
  })

  it('names what it expected and what it found', () => {
    expect(() => new BerReader(hex('0500')).integer()).toThrow('expected 0x02, found 0x05')
    expect(() => new BerReader(Buffer.alloc(0)).integer()).toThrow('expected 0x02, found the end')
    expect(() => new BerReader(hex('04020000')).enter(TAG.OCTET_STRING)).toThrow('0x04 holds no elements')
    expect(() => new BerReader(hex('050000')).end()).toThrow('3 octets after the last element')
  })

  it('lets no element reach beyond the one that holds it', () => {
    const outer = new BerReader(hex('3004 0405 0000 000000')).sequence()
    expect(() => outer.next()).toThrow('longer than what holds it')
  })

  it('bounds nesting', () => {
    const nested = (levels: number) => {
      let bytes: Buffer = Buffer.alloc(0)
      for (let level = 0; level < levels; level++) bytes = write.sequence([bytes])
      return bytes
    }
    expect(walk(new BerReader(nested(128)))).toBe(128)
    expect(() => walk(new BerReader(nested(129)))).toThrow('nested too deep')
    expect(() => walk(new BerReader(nested(3), 2))).toThrow('nested too deep')
  })

  it('refuses every truncation', () => {
    // The empty input is a series of no elements.
    expect(refusedTruncations((input) => walk(new BerReader(input)), EVERYTHING)).toBe(EVERYTHING.length - 1)
  })

  it('throws nothing but CodecError', () => {
    fuzz((input) => walk(new BerReader(input)), [EVERYTHING], 20_000)
    fuzz((input) => completeLength(input, 1000), [EVERYTHING], 2000)
  })

  it('takes work in proportion to the size', () => {
    const [small, large] = [20_000, 200_000].map((size) => Buffer.alloc(size, Buffer.from('020101', 'hex')))
    const run = (bytes: Buffer | undefined) => () =>
      walk(new BerReader(bytes?.subarray(0, bytes.length - (bytes.length % 3)) ?? Buffer.alloc(0)))
    expect(bestTime(run(large))).toBeLessThan(bestTime(run(small)) * 40 + 50)
  })
})

describe('the writer', () => {
  it('writes no string that the type forbids', () => {
    expect(() => write.printableString('a@b')).toThrow(CodecError)
    expect(() => write.ia5String('ü')).toThrow(CodecError)
  })

  it('is understood by OpenSSL', (test) => {
    let shown: string
    try {
      shown = execFileSync('openssl', ['asn1parse', '-inform', 'DER'], {input: EVERYTHING, encoding: 'utf8'})
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      return test.skip('openssl is not installed')
    }
    const rows = shown.trim().split('\n')
    expect(rows).toHaveLength(18)
    for (const fact of [':-81', ':255', ':hello', ':Dept. 1', ':991231235959Z', ':20370913024805Z', 'ENUMERATED :31']) {
      expect(shown.replace(/ +/g, ' ')).toContain(fact)
    }
  })
})
