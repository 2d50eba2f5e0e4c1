import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {CATALOG as REAL_CATALOG} from '../../src/catalog/index.ts'
import {engineDoubts} from '../../src/fleet/engine-rules.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import type {EngineName} from '../../src/fleet/spec.ts'
import {describe as inShort, problems, read, refusal, specOf} from './reading.ts'

const CUSTOM = '[d]\nservices=ssh,scada\namount=3\n[custom-scada]\nbinary=scada:1\n'
const general = (...lines: string[]) => `[general]\n${lines.join('\n')}\n[d]\n`

describe.each<['the file' | 'something stronger']>([['the file'], ['something stronger']])(
  'the engine that %s',
  (who) => {
    const found = (engine: EngineName, text: string) =>
      who === 'the file' ? problems(text.replace('[d]', `engine=${engine}\n[d]`)) : problems(text, {engine})

    it.each<[string, EngineName, string[], string]>([
      ['loopback', 'docker', ['net=127.77.0.0/24'], 'unusable-net'],
      ['the loopback interface', 'docker', ['interface=lo'], 'bad-interface'],
      ['a LAN', 'embedded', ['net=10.0.0.0/24'], 'unusable-net'],
      ['a gateway of a LAN', 'embedded', ['gw=10.0.0.1'], 'bad-gateway'],
      ['an interface of a LAN', 'embedded', ['interface=eth0'], 'bad-interface'],
      ['a driver', 'embedded', ['driver=macvlan'], 'engine-mismatch'],
    ])('names: %s contradicts %s', (_, engine, lines, code) => {
      expect(found(engine, general(...lines)).map((problem) => problem.split(' ')[0])).toEqual([code])
    })
  },
)

describe('addresses of deckies', () => {
  it('are those of the engine, and each is reported once', () => {
    expect(problems('[d]\nip=127.0.0.9\n', {engine: 'docker'})).toEqual(['unusable-address 2:4'])
    expect(problems('[d]\nip=10.0.0.9\n', {engine: 'embedded'})).toEqual(['unusable-address 2:4'])
    expect(problems('[general]\nnet=127.77.0.0/24\n[d]\nip=10.0.0.9\n', {engine: 'embedded'})).toEqual([
      'ip-outside-net 4:4',
    ])
  })

  it('may be on loopback for the embedded engine', () => {
    const lines = ['net=127.77.0.0/24', 'interface=lo', 'gw=127.77.0.254']
    expect(read(general(...lines), {engine: 'embedded'}).spec.general.net?.cidr).toBe('127.77.0.0/24')
    expect(read('[d]\nip=127.0.0.9\n', {engine: 'embedded'}).spec.deckies[0]?.ip).toBe('127.0.0.9')
  })
})

describe('a service of the operator’s own', () => {
  it('needs containers; one problem a section is enough', () => {
    const error = refusal(CUSTOM, {engine: 'embedded'})
    expect(error.diagnostics.map(inShort)).toEqual(['engine-mismatch 1:2'])
    expect(error.diagnostics[0]?.summary).toBe(
      'd-01 has the custom service scada, whose image the embedded engine cannot run',
    )
    expect(read(CUSTOM, {engine: 'docker'}).spec.deckies).toHaveLength(3)
  })
})

describe('a file that names no engine', () => {
  it('is held against none, and what the default one would refuse is a doubt', () => {
    const spec = specOf(general('net=127.77.0.0/24'))
    expect(engineDoubts(spec)).toMatchObject([
      {severity: 'warning', code: 'unusable-net', place: {line: 2}, hint: expect.stringContaining('--engine embedded')},
    ])
    expect(engineDoubts(specOf(general('engine=embedded', 'net=127.77.0.0/24')))).toEqual([])
    expect(engineDoubts(specOf(general('net=10.0.0.0/24')))).toEqual([])
  })

  it('may name one that cannot be read, which says nothing of its net', () => {
    expect(problems(general('net=127.77.0.0/24', 'engine=embeded'))).toEqual(['unknown-engine 3:8'])
  })
})

describe('a flag', () => {
  it('wins over the file, whose own engine then says nothing', () => {
    expect(problems(general('engine=docker', 'net=10.0.0.0/24'), {engine: 'embedded'})).toEqual(['unusable-net 3:5'])
    expect(read(general('engine=embedded', 'net=10.0.0.0/24'), {engine: 'docker'}).spec.general.engine).toBe('embedded')
  })
})

describe('the example of an office', () => {
  it.each<[EngineName]>([['docker'], ['embedded']])('fits the %s engine as it stands', (engine) => {
    const text = readFileSync(new URL('../../examples/office.ini', import.meta.url))
    expect(readFleetSpec('office.ini', text, REAL_CATALOG, {engine})).toMatchObject({warnings: []})
  })
})
