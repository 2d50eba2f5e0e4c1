import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {decodeOid, encodeOid} from '../../../../src/decoy/codecs/ber/oid.ts'
import {
  decodeGeneralizedTime,
  decodeUtcTime,
  encodeGeneralizedTime,
  encodeUtcTime,
} from '../../../../src/decoy/codecs/ber/time.ts'
import {decodeBigInteger, decodeInteger, encodeInteger} from '../../../../src/decoy/codecs/ber/values.ts'
import {CodecError} from '../../../../src/decoy/codecs/codec-error.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('integers', () => {
  it.each([
    [0n, '00'],
    [127n, '7f'],
    [128n, '0080'],
    [256n, '0100'],
    [-1n, 'ff'],
    [-128n, '80'],
    [-129n, 'ff7f'],
    [0xffff_ffffn, '00ffffffff'],
    [-(2n ** 63n), '8000000000000000'],
  ])('%s is %s', (value, content) => {
    expect(encodeInteger(value).toString('hex')).toBe(content)
    expect(decodeBigInteger(hex(content))).toBe(value)
  })

  it('come back as they went', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => void expect(decodeBigInteger(encodeInteger(value))).toBe(value)))
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => void expect(decodeInteger(encodeInteger(value))).toBe(value)))
  })

  it('are bounded', () => {
    expect(() => decodeInteger(hex('0020000000000000'))).toThrow('integer out of range')
    expect(() => decodeInteger(Buffer.alloc(9))).toThrow(CodecError)
    expect(() => decodeBigInteger(Buffer.alloc(2050, 1))).toThrow(CodecError)
    expect(() => decodeBigInteger(Buffer.alloc(0))).toThrow(CodecError)
    expect(() => encodeInteger(1.5)).toThrow(CodecError)
  })
})

describe('object identifiers', () => {
  it.each([
    ['1.2.840.113549', '2a864886f70d'],
    ['1.3.6.1.5.5.2', '2b0601050502'],
    ['1.3.6.1.4.1.311.2.2.30', '2b06010401823702021e'],
    ['2.5.29.17', '55 1d 11'],
    ['2.999.3', '88 37 03'],
    ['0.39', '27'],
  ])('%s', (dotted, content) => {
    expect(encodeOid(dotted)).toEqual(hex(content))
    expect(decodeOid(hex(content))).toBe(dotted)
  })

  it('come back as they went', () => {
    const arc = fc.nat(0x7fff_ffff)
    const dotted = fc
      .tuple(fc.nat(2), fc.nat(39), fc.array(arc, {maxLength: 10}))
      .map(([root, second, rest]) => [root, second, ...rest].join('.'))
    fc.assert(fc.property(dotted, (value) => void expect(decodeOid(encodeOid(value))).toBe(value)))
  })

  it.each(['', '1', '3.1', '1.40', '1.-2', '1.x', '1.2.9007199254740992'])('refuses to write "%s"', (dotted) => {
    expect(() => encodeOid(dotted)).toThrow(CodecError)
  })

  it.each(['', '8001', '2a86', 'ffffffffffffffff7f', `${'aa'.repeat(64)}01`])('refuses to read %s', (content) => {
    expect(() => decodeOid(hex(content))).toThrow(CodecError)
  })
})

describe('times', () => {
  it('come back as they went', () => {
    const second = (from: number, to: number) =>
      fc.integer({min: from / 1000, max: to / 1000 - 1}).map((value) => value * 1000)
    const utc = second(Date.UTC(1950, 0, 1), Date.UTC(2050, 0, 1))
    fc.assert(fc.property(utc, (ms) => void expect(decodeUtcTime(encodeUtcTime(ms))).toBe(ms)))
    const general = second(Date.UTC(1601, 0, 1), Date.UTC(9999, 0, 1))
    fc.assert(fc.property(general, (ms) => void expect(decodeGeneralizedTime(encodeGeneralizedTime(ms))).toBe(ms)))
  })

  it('are written in the form of DER', () => {
    expect(encodeUtcTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)).toString()).toBe('260102030405Z')
    expect(encodeGeneralizedTime(Date.UTC(2026, 0, 2, 3, 4, 5, 678)).toString()).toBe('20260102030405Z')
    expect(() => encodeUtcTime(Date.UTC(2050, 0, 1))).toThrow(CodecError)
    expect(() => encodeGeneralizedTime(Number.NaN)).toThrow(CodecError)
  })

  it('may have fractions', () => {
    expect(decodeGeneralizedTime(Buffer.from('20260102030405.5Z'))).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 500))
    expect(decodeGeneralizedTime(Buffer.from('20260102030405.123456Z'))).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 123))
  })

  it.each(['20260230000000Z', '20261301000000Z', '20260101240000Z', '20260101000060Z', '20260101000000', '2026'])(
    'refuses %s',
    (text) => expect(() => decodeGeneralizedTime(Buffer.from(text))).toThrow(CodecError),
  )
})
