/** ECS and OCSF documents beside tables of what their published schemas allow: every event, with and without everything. */
import {readFileSync} from 'node:fs'
import {isIP} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {recordOf} from '../../../src/events/classify.ts'
import {EVENT_NAMES, type EventName, type EvidenceEvent} from '../../../src/events/event.ts'
import {createFormat} from '../../../src/events/formats/index.ts'
import type {Alert} from '../../../src/events/incidents/incident.ts'
import {ALERT, BARE} from './samples.ts'

type Json = Readonly<Record<string, unknown>>

const FIXTURES = join(import.meta.dirname, '../../fixtures/formats')
const fixture = <T>(name: string): T => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as T

const ECS = fixture<{
  readonly fields: Readonly<Record<string, string>>
  readonly allowed: Readonly<Record<string, readonly string[]>>
  readonly types: Readonly<Record<string, readonly string[]>>
}>('ecs-8.json')

interface Shape {
  readonly required: readonly string[]
  readonly atLeastOne?: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
}

const OCSF = fixture<{
  readonly severities: readonly number[]
  readonly actions: readonly number[]
  readonly profiles: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly classes: Readonly<
    Record<string, Shape & {readonly category: number; readonly activities: readonly number[]}>
  >
  readonly objects: Readonly<Record<string, Shape>>
}>('ocsf-1.json')

const DONE = {session: 's1', src: {ip: '192.0.2.7', port: 40_000}, dst: {ip: '2001:db8::1', port: 22}}
const SAMPLE = {text: 'GET', base64: 'R0VU', bytes: 3, truncated: false}
const DATA = {path: SAMPLE, count: 3, nested: {deep: true}, list: ['a', 1], version: 'TLSv1.3', cipher: 'x', ja3: 'y'}

function eventsOf(name: EventName): EvidenceEvent[] {
  const event = {...BARE, event: name}
  const credential = (outcome: 'success' | 'failure', domain?: string) => ({
    ...event,
    ...DONE,
    credential: {principal: 'root', method: 'password', secret: SAMPLE, outcome, ...(domain && {domain})},
  })
  return [
    event,
    {...event, ...DONE, data: DATA},
    {...event, ...DONE, data: {technique: 'kerberoast', serverName: 'a.example'}},
    ...(name === 'auth.attempt'
      ? [
          credential('failure'),
          credential('success', 'CORP'),
          {...credential('failure'), credential: {principal: '', method: 'none', outcome: 'failure' as const}},
        ]
      : []),
  ]
}

const event = (format: 'ecs' | 'ocsf', each: EvidenceEvent, install = 'i1'): Json =>
  JSON.parse(createFormat(format, {version: '1.2.3'}).event(recordOf(each, install))) as Json
const alert = (format: 'ecs' | 'ocsf', each: Partial<Alert> = {}): Json =>
  JSON.parse(createFormat(format, {version: '1.2.3'}).alert({...ALERT, ...each})) as Json

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names with dots, as ECS writes them; `decnet` is ours. */
function leaves(document: Json, prefix = ''): [string, unknown][] {
  return Object.entries(document).flatMap(([key, value]): [string, unknown][] => {
    const name = `${prefix}${key}`
    if (name === 'decnet') return []
    return isRecord(value) ? leaves(value, `${name}.`) : [[name, value]]
  })
}

const ECS_VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  long: (value) => Number.isSafeInteger(value),
  keyword: (value) => typeof value === 'string' && value !== '',
  match_only_text: (value) => typeof value === 'string' && value !== '',
}

function expectEcs(document: Json): void {
  const found = new Map(leaves(document))
  for (const [name, value] of found) {
    const type = ECS.fields[name]
    expect(type, `ECS has no field ${name}`).toBeDefined()
    const values = type?.endsWith('[]') ? value : [value]
    expect(Array.isArray(values), name).toBe(true)
    const test = ECS_VALUES[type?.replace('[]', '') ?? '']
    for (const each of values as unknown[]) expect(test?.(each), `${name}: ${JSON.stringify(each)}`).toBe(true)
    const allowed = ECS.allowed[name]
    if (allowed !== undefined) for (const each of values as string[]) expect(allowed).toContain(each)
  }
  for (const name of ['@timestamp', 'ecs.version', 'event.kind', 'event.category', 'event.type']) {
    expect(found.has(name), name).toBe(true)
  }
  const categories = found.get('event.category') as string[]
  const expected = categories.flatMap((category) => ECS.types[category] ?? expect.fail(`no category ${category}`))
  for (const type of found.get('event.type') as string[]) expect(expected, categories.join()).toContain(type)
}

const OCSF_VALUES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  boolean: (value) => typeof value === 'boolean',
  any: () => true,
}

function expectShape(document: Json, {required, atLeastOne = [], attributes}: Shape, where: string): void {
  for (const name of required) expect(document[name], `${where} lacks ${name}`).toBeDefined()
  if (atLeastOne.length > 0)
    expect(
      atLeastOne.some((name) => document[name] !== undefined),
      where,
    ).toBe(true)
  for (const [name, value] of Object.entries(document)) {
    const type = attributes[name]
    if (type === undefined) expect.fail(`${where} has no attribute ${name}`)
    const values = type.endsWith('[]') ? value : [value]
    expect(Array.isArray(values), `${where}.${name}`).toBe(true)
    for (const each of values as unknown[]) expectValue(each, type.replace('[]', ''), `${where}.${name}`)
  }
}

function expectValue(value: unknown, type: string, where: string): void {
  const shape = OCSF.objects[type]
  if (shape !== undefined && isRecord(value)) expectShape(value, shape, where)
  else expect(OCSF_VALUES[type]?.(value), `${where} is no ${type}: ${JSON.stringify(value)}`).toBe(true)
}

function expectOcsf(document: Json): void {
  const {
    class_uid: uid,
    activity_id: activity,
    type_uid: type,
    category_uid: category,
    severity_id,
    metadata,
  } = document
  const schema = OCSF.classes[String(uid)] ?? expect.fail(`no class ${uid}`)
  const {profiles = []} = metadata as {profiles?: string[]}
  const more = Object.assign({}, ...profiles.map((name) => OCSF.profiles[name])) as Shape['attributes']
  expectShape(document, {...schema, attributes: {...schema.attributes, ...more}}, `class ${uid}`)
  expect(category).toBe(schema.category)
  expect(schema.activities).toContain(activity)
  expect(type).toBe(Number(uid) * 100 + Number(activity))
  expect(OCSF.severities).toContain(severity_id)
  if (activity === 99) expect(document.activity_name).toBeDefined()
  if (profiles.includes('security_control')) expect(OCSF.actions).toContain(document.action_id)
}

describe.each(EVENT_NAMES)('%s', (name) => {
  it('is a document of ECS', () => {
    for (const each of eventsOf(name)) expectEcs(event('ecs', each))
  })

  it('is an event of OCSF', () => {
    for (const each of eventsOf(name)) {
      expectOcsf(event('ocsf', each))
      expectOcsf(event('ocsf', each, ''))
    }
  })
})

describe('an alert', () => {
  it.each([{}, {reason: 'opened', install: null}] as const)('%j is both', (changes) => {
    expectEcs(alert('ecs', changes))
    expectOcsf(alert('ocsf', changes))
  })
})

it('gives an index nothing but texts where services differ', () => {
  const {decnet} = event('ecs', {...BARE, ...DONE, event: 'request', data: DATA}) as {decnet: {data: Json}}
  expect(Object.values(decnet.data).every((value) => typeof value === 'string')).toBe(true)
  expect(decnet.data).toMatchObject({path: 'GET', path_b64: 'R0VU', count: '3', nested_deep: 'true', list: 'a, 1'})
})
