import {brotliCompressSync} from 'node:zlib'

import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {isPackedDirectory, packDirectory, unpackDirectory} from '../../src/decoy/directory-archive.ts'

describe('a packed site', () => {
  it('comes out as it went in, in whatever order', () => {
    const path = fc.stringMatching(/^\/[a-zä-ü/.]{1,40}$/)
    const files = fc.dictionary(path, fc.uint8Array({maxLength: 300}), {maxKeys: 12, noNullPrototype: true})
    fc.assert(
      fc.property(files, (dictionary) => {
        const entries = Object.entries(dictionary).map(([name, bytes]) => [name, Buffer.from(bytes)] as const)
        const {text} = packDirectory(new Map(entries))
        expect(isPackedDirectory(text)).toBe(true)
        expect([...unpackDirectory(text)].toSorted()).toEqual(entries.toSorted())
        expect(packDirectory(new Map(entries.toReversed())).text).toBe(text)
      }),
      {numRuns: 50},
    )
  })

  it('says how large it is', () => {
    const {text, bytes} = packDirectory(new Map([['/a', Buffer.alloc(10_000)]]))
    expect(bytes).toBe(Buffer.from(text.slice(text.indexOf(':') + 1), 'base64').length)
    expect(bytes).toBeLessThan(100)
  })

  it.each([
    ['a path', 'pages'],
    ['a cut archive', `site:${packedAlone(Buffer.from([0, 1, 0x2f, 0, 0, 0, 9]))}`],
  ])('is not %s', (_, text) => {
    expect(() => unpackDirectory(text)).toThrow(RangeError)
  })
})

/** Brotli's form of bytes that `packDirectory` would never write. */
function packedAlone(bytes: Buffer): string {
  return brotliCompressSync(bytes).toString('base64')
}
