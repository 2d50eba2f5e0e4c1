/** Every option of every service: what is set in a fleet file reaches the decoy, and what is wrong is refused where it is. */
import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {parseOption} from '../../src/catalog/service-info.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import {decodeManifest, encodeManifest} from '../../src/decoy/manifest.ts'
import {deckyManifest} from '../../src/engines/manifest.ts'
import {parseAddress, subnetAt} from '../../src/fleet/ipv4.ts'
import type {DirectoryReader} from '../../src/fleet/option-section.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {resolveDeckies} from '../../src/fleet/resolve.ts'
import {writeValue} from '../../src/fleet/write-value.ts'
import {INSTALL} from '../support/fleet-parts.ts'
import {otherValue, PACKED, wrongValues} from '../support/option-values.ts'
import {refusalOf} from '../support/refusal.ts'

const directories: DirectoryReader = (path, content) =>
  path === 'nowhere'
    ? {ok: false, problem: 'nowhere is not there', hint: 'make it'}
    : {ok: true, value: PACKED[content]}
const subnet = subnetAt(parseAddress('10.9.0.0') ?? 0, 24)

const fileOf = (service: string, option: string, value: string) =>
  `[d]\nservices = ${service}\n[d.${service}]\n${option} = ${writeValue(value)}\n`

/** The options of the only service, as its decoy is told them. */
function told(text: string): unknown {
  const {spec, warnings} = readFleetSpec('fleet.ini', text, CATALOG, {directories})
  // The port of what is off by itself; nothing else goes with it here.
  expect(warnings.filter(({code}) => code !== 'option-without-effect')).toEqual([])
  const [decky] = resolveDeckies(spec, {
    catalog: CATALOG,
    secret: INSTALL.secret,
    reservations: {subnet, gateway: subnet.first + 1, host: new Set(), exclude: []},
    existing: new Map(),
    staying: [],
  })
  if (decky === undefined) throw new Error('no decky')
  const request = {decky, domain: null, configHash: 'a'.repeat(64), generation: 1}
  const manifest = encodeManifest({v: 1, deckies: [deckyManifest(request, INSTALL, '0.0.0.0')]})
  return decodeManifest(manifest).deckies[0]?.services[0]?.options
}

const EVERY = SERVICE_DEFINITIONS.flatMap(({name, options}) =>
  Object.entries(options).map(([option, definition]) => [name, option, definition] as const),
)

it('there are as many as a catalogue of this size has', () => {
  expect(EVERY.length).toBeGreaterThan(120)
})

describe.each(EVERY)('%s: %s', (service, option, definition) => {
  it('reaches the decoy with another value than its default', () => {
    const value = otherValue(option, definition)
    const result = parseOption(definition, value)
    const expected = definition.type === 'directory' ? PACKED[definition.holds ?? 'files'] : result.ok && result.value
    expect(told(fileOf(service, option, value))).toEqual({[option]: expected})
  })

  it.each(wrongValues(definition))('is refused at its place with a wrong value (%#)', (value) => {
    const {diagnostics} = refusalOf(() =>
      readFleetSpec('fleet.ini', fileOf(service, option, value), CATALOG, {directories}),
    )
    expect(diagnostics).toMatchObject([{code: 'bad-option-value', place: {line: 4}}])
    const [problem] = diagnostics
    expect(problem?.place?.column).toBeGreaterThan(`${option} = `.length)
    expect(problem?.summary).toContain(option)
    if (definition.secret === true) expect(problem?.summary).not.toContain(value)
  })
})
