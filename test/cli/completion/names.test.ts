import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {CATALOG} from '../../../src/catalog/index.ts'
import {NAME_KINDS} from '../../../src/cli/completion/kinds.ts'
import {completionNames, isNameKind} from '../../../src/cli/completion/names.ts'
import {SETTINGS} from '../../../src/state/settings.ts'
import {Store} from '../../../src/state/store.ts'
import {aCommit, aDecky, aFleet} from '../../state/fleets.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-names-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

const names = (kind: (typeof NAME_KINDS)[number]) => completionNames(kind, async () => directory)

describe('names for completion', () => {
  it('come from the catalogue and the settings', async () => {
    expect(await names('services')).toEqual([...CATALOG.services.keys()])
    expect(await names('archetypes')).toEqual([...CATALOG.archetypes.keys()])
    expect(await names('distros')).toEqual([...CATALOG.distros.keys()])
    expect(await names('systems')).toContain('windows_server')
    expect(await names('settings')).toEqual(Object.keys(SETTINGS))
  })

  it('are those of the deployed deckies, except ones that would upset a terminal', async () => {
    const store = Store.open(directory, {mode: 'write'})
    store.commit(aCommit(aFleet(1, {deckies: [aDecky(1), aDecky(2, {name: 'red\u001b[31m'}), aDecky(3)]})))
    store.close()
    expect(await names('deckies')).toEqual(['web-0001', 'web-0003'])
  })

  it('are none where there is no state, and where it cannot be read', async () => {
    expect(await names('deckies')).toEqual([])
    writeFileSync(join(directory, 'state.db'), 'no database')
    expect(await names('deckies')).toEqual([])
    const broken = async () => {
      throw new Error('no home')
    }
    expect(await completionNames('deckies', broken)).toEqual([])
  })

  it('are of plain characters, whatever kind', async () => {
    for (const kind of NAME_KINDS) for (const name of await names(kind)) expect(name).toMatch(/^[\w.@:-]+$/)
  })

  it('are only asked for by kind', () => {
    expect(isNameKind('deckies')).toBe(true)
    expect(isNameKind('toString')).toBe(false)
  })
})
