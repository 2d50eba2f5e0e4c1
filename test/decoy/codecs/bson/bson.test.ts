import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {decodeDocument} from '../../../../src/decoy/codecs/bson/decode.ts'
import {encodeDocument} from '../../../../src/decoy/codecs/bson/encode.ts'
import {render} from '../../../../src/decoy/codecs/bson/render.ts'
import {
  Binary,
  type BsonDocument,
  type BsonValue,
  Double,
  document,
  ObjectId,
  Opaque,
  Regex,
  Timestamp,
} from '../../../../src/decoy/codecs/bson/values.ts'
import {CodecError} from '../../../../src/decoy/codecs/codec-error.ts'

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

/** The two examples of bsonspec.org. */
const EXAMPLES: readonly (readonly [BsonDocument, string])[] = [
  [document({hello: 'world'}), '16000000 02 68656c6c6f00 06000000 776f726c6400 00'],
  [
    document({BSON: ['awesome', new Double(5.05), 1986]}),
    '31000000 04 42534f4e00 26000000 02 3000 08000000 617765736f6d6500 01 3100 3333333333331440 10 3200 c2070000 00 00',
  ],
]

const scalars: fc.Arbitrary<BsonValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.string(),
  fc.integer({min: -0x7fffffff, max: 0x7fffffff}),
  fc.bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n}),
  fc.double({noNaN: true}).map((value) => new Double(value)),
  fc.date({noInvalidDate: true}),
  fc.uint8Array({minLength: 12, maxLength: 12}).map((bytes) => new ObjectId(Buffer.from(bytes).toString('hex'))),
  fc.uint8Array().map((bytes) => new Binary(Buffer.from(bytes), 4)),
  fc.bigInt({min: 0n, max: 2n ** 62n}).map((value) => new Timestamp(value)),
  fc.constant(new Regex('^a.*', 'i')),
  fc.constant(new Opaque(0x13, Buffer.alloc(16, 7))),
)
const names = fc.string().filter((name) => !name.includes('\0'))
const {value} = fc.letrec<{value: BsonValue}>((tie) => ({
  value: fc.oneof(
    {depthSize: 'small'},
    scalars,
    fc.array(tie('value'), {maxLength: 4}),
    fc.array(fc.tuple(names, tie('value')), {maxLength: 4}).map((entries): BsonValue => new Map(entries)),
  ),
}))
const documents = fc.array(fc.tuple(names, value), {maxLength: 5}).map((entries): BsonDocument => new Map(entries))

describe('BSON', () => {
  it.each(EXAMPLES)('is written and read as the specification has it', (example, bytes) => {
    expect(encodeDocument(example).toString('hex')).toBe(hex(bytes).toString('hex'))
    expect(decodeDocument(hex(bytes))).toEqual({document: example, end: hex(bytes).length})
  })

  it('comes back as it went', () => {
    fc.assert(
      fc.property(documents, (each) => {
        expect(decodeDocument(encodeDocument(each)).document).toEqual(each)
      }),
      {numRuns: 200},
    )
  })

  it.each([
    ['nothing', ''],
    ['a length below that of the empty one', '0400000000'],
    ['a length past the end', '06000000 00'],
    ['a negative length', 'ffffffff 00'],
    ['no end', '05000000 01'],
    ['a string of no length', '0e000000 02 6100 00000000 00 00'],
    ['a string past the end', '0e000000 02 6100 ff000000 00 00'],
    ['a string without its end', '0f000000 02 6100 02000000 6161 00'],
    ['a name without its end', '08000000 0a 6161 61'],
    ['an unknown type', '08000000 55 6100 00'],
    ['a binary of negative length', '0d000000 05 6100 ffffffff 00 00'],
    ['an inner document past the outer', '0d000000 03 6100 ff000000 00 00'],
    ['bytes behind the end', '0600000000 00'],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeDocument(hex(bytes))).toThrow(CodecError)
  })

  it('refuses what is nested without end', () => {
    const deep = Array.from({length: 200}).reduce<BsonDocument>((inner) => document({a: inner}), new Map())
    expect(() => decodeDocument(encodeDocument(deep))).toThrow('nested too deep')
  })

  it('never reads past its end, and fails in one way only', () => {
    fc.assert(
      fc.property(documents, fc.nat(), fc.nat(255), (each, at, octet) => {
        const bytes = encodeDocument(each)
        bytes.writeUInt8(octet, at % bytes.length)
        try {
          expect(decodeDocument(bytes).end).toBeLessThanOrEqual(bytes.length)
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
      }),
      {numRuns: 500},
    )
  })

  it('is shown as people write it, and cut', () => {
    const shown = document({a: [1, 2n, null], id: new ObjectId('00'.repeat(12)), t: 'x"y'})
    expect(render(shown, 200)).toBe('{"a":[1,2,null],"id":{"$oid":"000000000000000000000000"},"t":"x\\"y"}')
    expect(render(document({long: 'x'.repeat(1000)}), 20)).toBe('{"long":"xxxxxxxxxxx…')
  })
})
