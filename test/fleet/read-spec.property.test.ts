import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {DecnetError} from '../../src/fleet/errors.ts'
import {read, specOf} from './reading.ts'

/** Nothing but a spec or a refusal whose every problem points into the file. */
function survives(input: string | Uint8Array): void {
  try {
    expect(read(input).spec.deckies.length).toBeGreaterThan(0)
  } catch (error) {
    if (!(error instanceof DecnetError)) throw error
    expect(error.code).toBe('FLEET_FILE_INVALID')
    expect(error.diagnostics.length).toBeGreaterThan(0)
    for (const {place, code} of error.diagnostics) {
      if (code === 'more-problems') continue
      expect(place?.line).toBeGreaterThan(0)
      expect(place?.column).toBeGreaterThan(0)
      expect(place?.column).toBeLessThanOrEqual((place?.snippet.length ?? 0) + 1)
    }
  }
}

/** Pieces that a fleet file is made of, and pieces that break one. */
const piece = fc.constantFrom(
  ...['[', ']', '=', ':', ';', '#', ' ', '\t', '\n', '\r\n', '\r', '\\', '"', "'", ',', '.', '-', '/', '\0', '\x1b'],
  ...['\u{feff}', '\u2028', '\u00a0', '\u202e', '\ud800', '__proto__', 'constructor', 'prototype', 'hasOwnProperty'],
  ...[
    'general',
    'custom-',
    'DEFAULT',
    'd',
    'd-01',
    'ssh',
    'http',
    'ip',
    'services',
    'amount',
    'binary',
    'ports',
    'exec',
  ],
  ...['net', 'exclude', 'mac', 'os', '2', '100', '10.0.0.1', '10.0.0.0/24', 'linux', 'port', 'banner', '%', '$'],
)
const hostile = fc.array(piece, {maxLength: 80}).map((pieces) => pieces.join(''))

const snapshot = () => JSON.stringify(Object.getOwnPropertyNames(Object.prototype).toSorted())

describe('any input', () => {
  it('of bytes is read or refused', () => {
    fc.assert(fc.property(fc.uint8Array({maxLength: 300}), survives), {numRuns: 300})
  })

  it('of text that resembles a fleet file is read or refused', () => {
    fc.assert(fc.property(hostile, survives), {numRuns: 1500})
  })

  it('leaves Object.prototype alone', () => {
    const before = snapshot()
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
    for (const name of names) {
      survives(`[${name}]\n${name}=1\nservices=ssh\n[${name}.ssh]\n${name}=1\n[d.${name}]\npolluted=1\n`)
      survives(`[custom-${name}]\nbinary=a\n[d]\nservices=${name}\n[d.${name}]\n${name}=polluted\npolluted=1\n`)
    }
    expect(snapshot()).toBe(before)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

const KIBIBYTE = 1024

/** Each shape fills a file of the given size with what might cost more than its length. */
const shapes: readonly [string, (size: number) => string][] = [
  ['keys', (size) => `[d]\n${lines(size, (index) => `k${index}=v`)}`],
  [
    'one unknown option after another',
    (size) => `[d]\nservices=ssh\n[d.ssh]\n${lines(size, (index) => `baner${index}=v`)}`,
  ],
  ['lines that are nothing', (size) => 'x\n'.repeat(size / 2)],
  ['empty lines', (size) => '\n'.repeat(size)],
  ['old line ends', (size) => '\r'.repeat(size)],
  ['blanks within a value', (size) => filled(size, `k = a${' '.repeat(4000)}b`)],
  ['blanks before no comment', (size) => filled(size, `k =${' #'.repeat(2000)}`)],
  ['quotes', (size) => filled(size, `k = ${'" '.repeat(2000)}x`)],
  ['brackets', (size) => filled(size, '['.repeat(4000))],
  ['commas', (size) => `[d]\nservices=${','.repeat(4000)}\n${filled(size - 5000, ';')}`],
  ['images', (size) => lines(size, (index) => `[custom-x${index}]\nbinary=${'a-'.repeat(1900)}!`)],
  ['groups', (size) => lines(Math.min(size, 8 * KIBIBYTE), (index) => `[g${index}]\namount=100`)],
  ['orphans', (size) => misspelt(Math.min(499, size / KIBIBYTE), 0)],
  ['orphans of groups', (size) => misspelt(Math.min(499, size / KIBIBYTE), 100)],
  ['one line', (size) => 'x'.repeat(size)],
]

/** Deckies, and as many options of deckies whose names are almost, but not quite, right. */
function misspelt(count: number, amount: number): string {
  const name = 'a'.repeat(55)
  const tail = amount === 0 ? '' : `\namount=${amount}`
  return Array.from({length: count}, (_, at) => `[x${name}${at}y]${tail}\n[zz${name}${at}zz.ssh]`).join('\n')
}

function lines(size: number, line: (index: number) => string): string {
  const parts: string[] = []
  for (let length = 0, index = 0; ; index++) {
    const next = line(index)
    length += next.length + 1
    if (length > size) return parts.join('\n')
    parts.push(next)
  }
}

const filled = (size: number, line: string) => lines(size, () => line)

function milliseconds(input: string): number {
  const start = performance.now()
  survives(input)
  return performance.now() - start
}

describe('time', () => {
  // A quadratic reader takes 16 times as long for four times the input; the allowance is for a busy machine. The
  // ceiling catches what is linear in form and endless in fact: the slowest shape takes about 0.3 s.
  it.each(shapes)('grows with the size of the file, not its square: %s', (_, shape) => {
    const best = (size: number) => Math.min(...[1, 2, 3].map(() => milliseconds(shape(size))))
    const small = best(120 * KIBIBYTE)
    const large = best(480 * KIBIBYTE)
    expect(large).toBeLessThan(Math.min(9 * small + 150, 5000))
  })
})

const word = fc.stringMatching(/^[a-z0-9]{1,12}$/)
const optionText = fc
  .array(fc.constantFrom('a', 'ß', '#', ';', ' ', '%', '$', '\\', '=', ':', '[', ']', ',', '😀', "'"), {maxLength: 20})
  .map((characters) => characters.join(''))
const group = fc.record({
  amount: fc.integer({min: 1, max: 4}),
  services: fc.subarray(['ssh', 'http', 'redis'], {minLength: 1}),
  mutateInterval: fc.integer({min: 1, max: 525_600}),
  banner: optionText,
})

describe('round trip', () => {
  it('a written fleet reads back as it was meant', () => {
    const fleets = fc.dictionary(word, group, {minKeys: 1, maxKeys: 5})
    fc.assert(
      fc.property(fleets, fc.constantFrom('\n', '\r\n'), fc.constantFrom(' = ', '=', ': '), (fleet, end, separator) => {
        const text = Object.entries(fleet).flatMap(([name, {amount, services, mutateInterval, banner}]) => [
          `[${name}] ; a group`,
          `amount${separator}${amount} # how many`,
          `services${separator}${services.join(', ')}`,
          `mutate_interval${separator}${mutateInterval}`,
          ...(services.includes('ssh') ? [`[${name}.ssh]`, `banner${separator}"${banner}" ; quoted`] : []),
        ])
        const {deckies} = specOf(text.join(end))
        const expected = Object.entries(fleet).flatMap(([name, {amount, services, mutateInterval, banner}]) =>
          Array.from({length: amount}, (_, index) => ({
            name: amount === 1 ? name : `${name}-0${index + 1}`,
            services,
            mutateInterval,
            options: services.includes('ssh') ? {ssh: {banner}} : {},
          })),
        )
        expect(deckies).toMatchObject(expected)
      }),
      {numRuns: 150},
    )
  })
})
