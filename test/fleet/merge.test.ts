import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {Decky, Fleet} from '../../src/fleet/decky.ts'
import {DecnetError, type ErrorCode} from '../../src/fleet/errors.ts'
import {type MergeInput, mergeFleet} from '../../src/fleet/merge.ts'
import {decky, network} from '../support/fleet-parts.ts'
import {refusalOf} from '../support/refusal.ts'

const numbered = (n: number, changes: Partial<Decky> = {}): Decky =>
  decky({
    name: `web-${n}`,
    ip: `10.78.0.${10 + n}`,
    mac: `00:50:56:00:00:${String(10 + n)}`,
    hostname: `WEB${n}`,
    ...changes,
  })
const frame: MergeInput['frame'] = {
  engine: 'docker',
  network: network(),
  domain: 'corp.example',
  logFile: null,
  portOffset: 0,
}
const fleet = (...deckies: Decky[]): Fleet => ({...frame, deckies})
const merge = (changes: Partial<MergeInput>): Fleet =>
  mergeFleet({current: null, submitted: [], frame, replaceFleet: false, unfinished: new Set(), limit: 10, ...changes})
const namesOf = (result: Fleet): string[] => result.deckies.map(({name}) => name)

describe('an additive deployment', () => {
  it('puts the file beside the fleet, sorted by name', () => {
    const result = merge({current: fleet(numbered(2), numbered(4)), submitted: [numbered(3), numbered(1)]})
    expect(namesOf(result)).toEqual(['web-1', 'web-2', 'web-3', 'web-4'])
  })

  it.each<[string, Partial<Decky>, ErrorCode, string]>([
    ['name', {name: 'web-1'}, 'NAME_CONFLICT', 'the fleet already has web-1'],
    ['name in another case', {name: 'WEB-1'}, 'NAME_CONFLICT', 'the fleet already has web-1'],
    ['address', {ip: '10.78.0.11'}, 'ADDRESS_CONFLICT', 'the fleet already uses 10.78.0.11 of web-2 (held by web-1)'],
    [
      'MAC',
      {mac: '00:50:56:00:00:11'},
      'ADDRESS_CONFLICT',
      'the fleet already uses 00:50:56:00:00:11 of web-2 (held by web-1)',
    ],
  ])('refuses the %s of one that the fleet holds', (_, changes, code, message) => {
    const error = refusalOf(() => merge({current: fleet(numbered(1)), submitted: [numbered(2, changes)]}))
    expect([error.code, error.message]).toEqual([code, message])
    expect(error.hint).toBeTypeOf('string')
  })

  it('names at most five conflicts', () => {
    const seven = [1, 2, 3, 4, 5, 6, 7].map((n) => numbered(n))
    const error = refusalOf(() => merge({current: fleet(...seven), submitted: seven}))
    expect(error.message).toBe('the fleet already has web-1, web-2, web-3, web-4, web-5 and 2 more')
  })

  it.each<[string, Partial<MergeInput['frame']>, ErrorCode, string]>([
    [
      'subnet',
      {network: network({subnet: '10.79.0.0/24'})},
      'NETWORK_CONFLICT',
      "the fleet's subnet is 10.78.0.0/24, the file asks for 10.79.0.0/24",
    ],
    [
      'gateway',
      {network: network({gateway: '10.78.0.2'})},
      'NETWORK_CONFLICT',
      "the fleet's gateway is 10.78.0.1, the file asks for 10.78.0.2",
    ],
    [
      'interface',
      {network: network({interface: 'lan1'})},
      'NETWORK_CONFLICT',
      "the fleet's interface is lan0, the file asks for lan1",
    ],
    [
      'driver',
      {network: network({driver: 'ipvlan'})},
      'NETWORK_CONFLICT',
      "the fleet's driver is macvlan, the file asks for ipvlan",
    ],
    [
      'domain',
      {domain: 'lab.example'},
      'NETWORK_CONFLICT',
      "the fleet's domain is corp.example, the file asks for lab.example",
    ],
    ['port offset', {portOffset: 10_000}, 'NETWORK_CONFLICT', 'the ports of the fleet are offset by 0, not by 10000'],
    ['engine', {engine: 'embedded'}, 'ENGINE_CONFLICT', 'the fleet runs on the docker engine, not on embedded'],
  ])('refuses another %s', (_, changes, code, message) => {
    const error = refusalOf(() =>
      merge({current: fleet(numbered(1)), submitted: [numbered(2)], frame: {...frame, ...changes}}),
    )
    expect([error.code, error.message]).toEqual([code, message])
  })

  it('takes another log file along: it concerns no decky', () => {
    const result = merge({current: fleet(numbered(1)), submitted: [], frame: {...frame, logFile: '/var/log/x'}})
    expect(result.logFile).toBe('/var/log/x')
  })

  it('may choose another network when no decky stays', () => {
    const other = network({subnet: '10.79.0.0/24'})
    const result = merge({
      current: fleet(numbered(1)),
      submitted: [numbered(1)],
      frame: {...frame, network: other},
      unfinished: new Set(['web-1']),
    })
    expect(result.network).toEqual(other)
  })

  it('resumes deckies whose deployment did not end well, in any case of their name', () => {
    const result = merge({
      current: fleet(numbered(1), numbered(2)),
      submitted: [numbered(2, {name: 'Web-2', distro: 'ubuntu22'})],
      unfinished: new Set(['web-1', 'web-2']),
    })
    expect(result.deckies.map(({name, distro}) => [name, distro])).toEqual([
      ['Web-2', 'ubuntu22'],
      ['web-1', 'debian'],
    ])
  })

  it('counts the whole fleet against the limit', () => {
    const input = {current: fleet(numbered(1), numbered(2)), submitted: [numbered(3)]}
    expect(merge({...input, limit: 3}).deckies).toHaveLength(3)
    const error = refusalOf(() => merge({...input, limit: 2}))
    expect([error.code, error.message, error.hint]).toEqual([
      'LIMIT_EXCEEDED',
      'the fleet would have 3 deckies, the limit is 2',
      'raise it: decnet config set deployment-limit 3',
    ])
  })
})

describe('a replacing deployment', () => {
  it('leaves nothing but the file', () => {
    const result = merge({
      current: fleet(numbered(1), numbered(2)),
      submitted: [numbered(3, {ip: '10.78.0.11'}), numbered(2)],
      frame: {...frame, engine: 'embedded', domain: null, network: network({subnet: '127.77.0.0/24'})},
      replaceFleet: true,
      limit: 2,
    })
    expect(namesOf(result)).toEqual(['web-2', 'web-3'])
    expect(result).toMatchObject({engine: 'embedded', domain: null})
  })

  it('keeps to the limit', () => {
    expect(refusalOf(() => merge({submitted: [numbered(1), numbered(2)], replaceFleet: true, limit: 1})).code).toBe(
      'LIMIT_EXCEEDED',
    )
  })
})

// -- against a model ---------------------------------------------------------------------------------------------------

interface Submission {
  readonly deckies: readonly Decky[]
  readonly replaceFleet: boolean
  /** Whether the deployment ends well. */
  readonly ends: boolean
}

/** What a fleet is to the model: who has which address, and whose deployment did not end well. */
type Model = ReadonlyMap<string, {readonly decky: Decky; readonly unfinished: boolean}>

const LIMIT = 12

function expectedCode(model: Model, {deckies, replaceFleet}: Submission): ErrorCode | undefined {
  const staying = replaceFleet
    ? []
    : [...model].filter(([key, {unfinished}]) => !unfinished || !deckies.some(({name}) => name.toLowerCase() === key))
  const held = (test: (one: Decky, other: Decky) => boolean) =>
    staying.some(([, {decky: one}]) => deckies.some((other) => test(one, other)))
  if (held((one, other) => one.name.toLowerCase() === other.name.toLowerCase())) return 'NAME_CONFLICT'
  if (held((one, other) => one.ip === other.ip)) return 'ADDRESS_CONFLICT'
  if (held((one, other) => one.mac === other.mac)) return 'ADDRESS_CONFLICT'
  return staying.length + deckies.length > LIMIT ? 'LIMIT_EXCEEDED' : undefined
}

function applied(model: Model, {deckies, replaceFleet, ends}: Submission): Model {
  const next = new Map(replaceFleet ? [] : model)
  for (const one of deckies) next.set(one.name.toLowerCase(), {decky: one, unfinished: !ends})
  return next
}

const byte = fc.integer({min: 2, max: 40})
const submission: fc.Arbitrary<Submission> = fc.record({
  deckies: fc
    .uniqueArray(fc.tuple(fc.integer({min: 1, max: 30}), byte, byte, fc.boolean()), {
      maxLength: 6,
      selector: ([n]) => n,
    })
    .map((list) => {
      const free = list.filter(([, ip, mac], index) => !list.slice(0, index).some(([, a, b]) => a === ip || b === mac))
      return free.map(([n, ip, mac, upper]) =>
        decky({
          name: upper ? `D${n}` : `d${n}`,
          ip: `10.78.0.${ip}`,
          mac: `00:50:56:00:00:${mac.toString(16).padStart(2, '0')}`,
        }),
      )
    }),
  replaceFleet: fc.integer({min: 0, max: 5}).map((n) => n === 0),
  ends: fc.boolean(),
})

describe('any sequence of deployments', () => {
  it('gives what a plain list of names and addresses gives', () => {
    let merges = 0
    fc.assert(
      fc.property(fc.array(submission, {minLength: 10, maxLength: 10}), (submissions) => {
        let model: Model = new Map()
        let current: Fleet | null = null
        for (const next of submissions) {
          merges++
          const before: string = JSON.stringify(current)
          const unfinished = new Set([...model].flatMap(([key, one]) => (one.unfinished ? key : [])))
          const {deckies: submitted, replaceFleet} = next
          const code = expectedCode(model, next)
          const result = attempt({current, submitted, frame, replaceFleet, unfinished, limit: LIMIT})
          expect(JSON.stringify(current)).toBe(before)
          if (result instanceof DecnetError) {
            expect(result.code).toBe(code)
            continue
          }
          expect(code).toBeUndefined()
          model = applied(model, next)
          const wanted = [...model.values()].map((one) => one.decky)
          expect(result.deckies).toEqual(wanted.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
          current = result
        }
      }),
      {numRuns: 100},
    )
    expect(merges).toBeGreaterThanOrEqual(1000)
  })
})

function attempt(input: MergeInput): Fleet | DecnetError {
  try {
    return mergeFleet(input)
  } catch (error) {
    if (error instanceof DecnetError) return error
    throw error
  }
}
