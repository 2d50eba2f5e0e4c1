import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {splitArguments} from '../../src/fleet/argv.ts'
import {subnetAt} from '../../src/fleet/ipv4.ts'
import {readValue} from '../../src/fleet/source-value.ts'
import type {DeckySpec, FleetSpec, GeneralSpec} from '../../src/fleet/spec.ts'
import {type FileSection, writeFleetFile} from '../../src/fleet/write-fleet-file.ts'
import {writeArguments, writeValue} from '../../src/fleet/write-value.ts'
import {specOf} from './reading.ts'

/** What is in a value that could be taken for the file's own syntax. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', "'", ' ', '\t', ';', '#', '\\', '=', ':', '[', ']', ',', '%', '$', '\u00a0'),
      fc.string({unit: 'binary', maxLength: 2}),
    ),
    {
      maxLength: 12,
    },
  )
  .map((pieces) => pieces.join(''))

function written(write: () => string): string | undefined {
  try {
    return write()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

describe('a value', () => {
  it.each([
    ['plain text', 'plain text'],
    ['100%s$HOME', '100%s$HOME'],
    ['p#ss;x', 'p#ss;x'],
    ['a ; b', '"a ; b"'],
    ['say "hi" ; now', `'say "hi" ; now'`],
    ['#1', '"#1"'],
    [' padded ', '" padded "'],
    ['', '""'],
    ['"quoted"', `'"quoted"'`],
    ['C:\\', '"C:\\"'],
  ])('%j is written as %j', (value, text) => {
    expect(writeValue(value)).toBe(text)
  })

  it.each([['a\nb'], ['a\0b'], ['\u2028'], ['\ud800'], ['x'.repeat(4000)], [`a" #b' ;c`]])('%j is refused', (value) => {
    expect(() => writeValue(value)).toThrow(RangeError)
  })

  it('is read back as it was', () => {
    let plain = 0
    fc.assert(
      fc.property(hostileText, (value) => {
        const text = written(() => writeValue(value))
        if (text === undefined) return
        plain++
        const line = `key = ${text}`
        expect(readValue(line, 5)).toMatchObject({value})
        expect(readValue(line, 5).problem).toBeUndefined()
      }),
      {numRuns: 1000},
    )
    expect(plain).toBeGreaterThan(100)
  })
})

describe('a command line', () => {
  it('is split into the same arguments', () => {
    fc.assert(
      fc.property(fc.array(hostileText, {minLength: 1, maxLength: 4}), (words) => {
        const text = written(() => writeArguments(words))
        if (text === undefined) return
        const {value, quoted, raw} = readValue(`exec = ${text}`, 6)
        expect(quoted && value.includes(raw[0] ?? '')).toBe(false)
        expect(splitArguments(value)).toEqual({ok: true, value: words})
      }),
      {numRuns: 1000},
    )
  })
})

const address = (last: number) => `192.168.7.${last}`
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, {nil: undefined})

const generals: fc.Arbitrary<GeneralSpec> = fc
  .record({
    gateway: optional(fc.constant(address(1))),
    interface: optional(fc.constantFrom('eth0', 'br-lan.2')),
    driver: optional(fc.constantFrom('macvlan' as const, 'ipvlan' as const)),
    domain: optional(fc.constantFrom('corp.example', 'a')),
    engine: optional(fc.constant('docker' as const)),
    mutateInterval: optional(fc.constantFrom(null, 1, 90, 525_600)),
    logFile: optional(fc.constantFrom('/var/log/x.jsonl', '/tmp/a ; b', '/tmp/"q"', ' /x')),
    exclude: fc.constantFrom(
      [],
      [{first: 0xc0a80764, last: 0xc0a80796}],
      [
        {first: 0xc0a807c8, last: 0xc0a807c8},
        {first: 0xc0a807d0, last: 0xc0a807d1},
      ],
    ),
  })
  .map((fields) => ({net: subnetAt(0xc0a80700, 24), ...defined(fields)}))

const options = fc.record(
  {
    ssh: fc.record({banner: hostileText, port: fc.integer({min: 1, max: 65_535})}, {requiredKeys: []}),
    redis: fc.record({password: hostileText}, {requiredKeys: []}),
  },
  {requiredKeys: []},
)

const sections: fc.Arbitrary<FileSection[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,6}(?:\.[a-z]{9})?$/),
      archetype: optional(fc.constantFrom('linux-server', 'deaddeck')),
      os: optional(fc.constant('linux' as const)),
      distro: optional(fc.constantFrom('debian', 'ubuntu22')),
      mutateInterval: optional(fc.constantFrom(null, 15)),
      host: optional(fc.constant('edge-1')),
      scada: fc.boolean(),
      setting: hostileText,
      options,
    }),
    {selector: ({name}) => name, minLength: 1, maxLength: 6},
  )
  .map((list) =>
    list.map(({scada, setting, options: given, ...fields}, index) => ({
      ...defined(fields),
      ip: address(10 + index),
      hostname: `host${index}`,
      mac: `00:50:56:00:00:0${index}`,
      services: ['ssh', 'redis'],
      options: Object.fromEntries(Object.entries(given).filter(([, values]) => Object.keys(values).length > 0)),
      customServices: scada
        ? [
            {
              name: 'scada',
              image: 'a/b:1',
              exec: ['/bin/x y', '--z', "it's"],
              ports: [{port: 502, protocol: 'tcp' as const}],
              options: {setting},
              health: {command: ['/bin/check', 'a b']},
            },
          ]
        : [],
    })),
  )

function defined<T extends object>(fields: T): {[K in keyof T]: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}

function withoutPlaces({general, deckies}: FleetSpec): {general: GeneralSpec; deckies: Omit<DeckySpec, 'place'>[]} {
  return {general, deckies: deckies.map(({place: _, ipPlace: __, ...decky}) => decky)}
}

describe('a fleet file', () => {
  it('is read back with the same meaning', () => {
    let count = 0
    fc.assert(
      fc.property(generals, sections, fc.array(fc.string({unit: 'binary'})), (general, list, comment) => {
        const text = written(() => writeFleetFile({comment, general, sections: list, remarks: comment}))
        if (text === undefined) return
        count++
        expect(withoutPlaces(specOf(text))).toEqual({general, deckies: list})
      }),
      {numRuns: 300},
    )
    expect(count).toBeGreaterThan(50)
  })

  it('may hold sections of several deckies', () => {
    const section: FileSection = {
      name: 'web',
      amount: 3,
      services: ['http'],
      options: {http: {title: 'a'}},
      customServices: [],
    }
    const {deckies} = specOf(writeFleetFile({comment: [], general: {exclude: []}, sections: [section]}))
    expect(deckies.map(({name}) => name)).toEqual(['web-01', 'web-02', 'web-03'])
    expect(deckies[2]).toMatchObject({services: ['http'], options: {http: {title: 'a'}}})
  })

  it('explains every key', () => {
    const section: FileSection = {name: 'web', services: ['http'], options: {}, customServices: [], comment: ['Why.']}
    const general = {exclude: [], net: subnetAt(0xc0a80700, 24)}
    expect(writeFleetFile({comment: ['Top.'], general, sections: [section], remarks: ['More.']})).toMatchSnapshot()
  })
})
