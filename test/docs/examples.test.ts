import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {REFERENCES} from './blocks.ts'
import {fencesOf} from './markdown.ts'
import {PAGES, ROOT, readPage} from './pages.ts'

const FOLDER = join(ROOT, 'examples')
const FILES = readdirSync(FOLDER)

const specOf = (name: string, bytes: Buffer) => readFleetSpec(name, bytes, CATALOG)

describe.each(FILES)('examples/%s', (name) => {
  const bytes = readFileSync(join(FOLDER, name))

  it('is a fleet file without a warning', () => {
    expect(specOf(name, bytes).warnings).toEqual([])
  })

  it('begins by saying what it is, and names no network of its own', () => {
    expect(bytes.toString()).toMatch(/^; [A-Z]/)
    expect(specOf(name, bytes).spec.general).not.toHaveProperty('net')
    expect(specOf(name, bytes).spec.deckies.map(({ip}) => ip ?? null)).toEqual(
      specOf(name, bytes).spec.deckies.map(() => null),
    )
  })

  it('is a first fleet within the limit', () => {
    expect(specOf(name, bytes).spec.deckies.length).toBeLessThanOrEqual(10)
  })
})

it('has the office of the first ten minutes', () => {
  const {deckies} = specOf('office.ini', readFileSync(join(FOLDER, 'office.ini'))).spec
  expect(deckies).toHaveLength(8)
  expect(new Set(deckies.flatMap(({services}) => services ?? [])).size).toBeGreaterThan(2)
})

/** References show sections one by one. */
const SHOWN = PAGES.filter((page) => !REFERENCES.has(page)).flatMap((page) =>
  fencesOf(readPage(page))
    .filter(({language, label}) => language === 'ini' && (label === '' || label.endsWith('.ini')))
    .map(({line, text}) => ({place: `${page}:${line}`, text})),
)

describe('fleet files in documents', () => {
  it.each(SHOWN)('$place is one', ({place, text}) => {
    expect(specOf(place, Buffer.from(text)).spec.deckies.length).toBeGreaterThan(0)
  })
})
