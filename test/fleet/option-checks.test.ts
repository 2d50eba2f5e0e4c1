/** Options that are right by themselves, and not together. */
import {describe, expect, it} from 'vitest'

import type {Catalog, OptionProblem, ServiceInfo} from '../../src/fleet/catalog.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {CATALOG as BASE} from '../support/catalog.ts'
import {describe as inShort} from './reading.ts'

/** Refuses apache with any title, nginx on Windows, and finds port 1 idle. */
const problemsOf: ServiceInfo['problems'] = ({product, title, port}, {os, archetype}) => {
  const found: OptionProblem[] = []
  const conflict = {code: 'option-conflict', hint: 'change it'} as const
  if (product === 'apache' && title !== undefined)
    found.push({...conflict, option: 'title', against: 'product', problem: `apache has no title ${title}`})
  if (product === 'nginx' && os === 'windows_server')
    found.push({...conflict, option: 'product', against: null, problem: `no nginx on ${os} (${archetype})`})
  if (port === 1)
    found.push({...conflict, code: 'option-without-effect', option: 'port', against: null, problem: 'port is idle'})
  return found
}

const http = BASE.services.get('http')
const server = BASE.archetypes.get('linux-server')
if (http === undefined || server === undefined) throw new Error('the small catalogue has changed')
const CATALOG: Catalog = {
  ...BASE,
  services: new Map([...BASE.services, ['http', {...http, problems: problemsOf}]]),
  archetypes: new Map([
    ...BASE.archetypes,
    ['apache-server', {...server, name: 'apache-server', options: {http: {product: 'apache'}}}],
  ]),
}

function findings(text: string) {
  try {
    return readFleetSpec('fleet.ini', text, CATALOG).warnings
  } catch (error) {
    if (error instanceof DecnetError) return error.diagnostics
    throw error
  }
}

describe('contradicting options', () => {
  it.each([
    ['at the one that has to change', 'product=apache\ntitle = x', 'option-conflict 5:9'],
    ['whatever their order', 'title=x\nproduct=apache', 'option-conflict 4:7'],
    ['unless one of them is wrong by itself', 'product=apache\ntitle=x\nport=0', 'bad-option-value 6:6'],
    ['unless one of them may be misspelt', 'product=apache\ntitel=x', 'unknown-option 5:1'],
    ['only as a warning where nothing is lost', 'port=1', 'option-without-effect 4:6'],
  ])('are reported %s', (_, options, expected) => {
    expect(findings(`[d]\nservices=http\n[d.http]\n${options}`).map(inShort)).toEqual([expected])
  })

  it('are told with their service, their decky and what to do', () => {
    expect(findings('[d]\nservices=http\n[d.http]\nproduct=apache\ntitle=x')).toMatchObject([
      {
        severity: 'error',
        summary: 'http of [d]: apache has no title x',
        hint: 'change it',
        place: {snippet: 'title=x'},
      },
    ])
  })

  it('once for all deckies of a section', () => {
    const found = findings('[g]\nservices=http\namount=3\n[g.http]\nproduct=apache\ntitle=x\n[g-02.http]\nport=81')
    expect(found.map(inShort)).toEqual(['option-conflict 6:7'])
  })

  it('in the one decky whose own option makes the difference', () => {
    const found = findings('[g]\nservices=http\namount=3\n[g.http]\ntitle=x\n[g-02.http]\nproduct=apache')
    expect(found.map(inShort)).toEqual(['option-conflict 5:7'])
    expect(found[0]?.summary).toBe('http of [g-02]: apache has no title x')
  })

  it('not where a decky’s own option makes them agree, unless others have them', () => {
    const text = '[g]\nservices=http\namount=AMOUNT\n[g.http]\nproduct=apache\ntitle=x\n[g-01.http]\nproduct=nginx'
    expect(findings(text.replace('AMOUNT', '2')).map(inShort)).toEqual(['option-conflict 6:7'])
    const alone = '[g-01]\nservices=http\n[g-01.http]\nproduct=nginx\ntitle=x'
    expect(findings(alone)).toEqual([])
  })

  it('with what the archetype brings, which is said', () => {
    const found = findings('[d]\narchetype=apache-server\n[d.http]\ntitle=x')
    expect(found.map(inShort)).toEqual(['option-conflict 4:7'])
    expect(found[0]?.hint).toBe('change it; product = apache comes from the archetype apache-server')
  })

  it('not with an archetype of another system, whose options do not count', () => {
    expect(findings('[d]\narchetype=apache-server\nos=embedded\n[d.http]\ntitle=x')).toEqual([])
  })

  it.each([
    ['its os', 'os=windows-server', 'no nginx on windows_server (null)'],
    ['the os of its distro', 'distro=windows2022', 'no nginx on windows_server (null)'],
    ['that of its archetype', 'archetype=windows-server', 'no nginx on windows_server (windows-server)'],
  ])('with the machine: %s', (_, line, problem) => {
    const found = findings(`[d]\nservices=http\n${line}\n[d.http]\nproduct=nginx`)
    expect(found.map(inShort)).toEqual(['option-conflict 5:9'])
    expect(found[0]?.summary).toBe(`http of [d]: ${problem}`)
  })
})

it('an archetype of another system moves no port', () => {
  const moved = {...server, name: 'moved', options: {http: {port: 22}}}
  const catalog = {...BASE, archetypes: new Map([['moved', moved]])}
  const read = (text: string) => () => readFleetSpec('fleet.ini', text, catalog)
  expect(read('[d]\narchetype=moved')).toThrow('1 problem')
  expect(read('[d]\narchetype=moved\nos=embedded')).not.toThrow()
})
