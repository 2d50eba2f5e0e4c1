import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {importsOf, readSources, violations} from './support/architecture.ts'

const SRC = join(import.meta.dirname, '../src')

describe('the sources', () => {
  const sources = readSources(SRC)

  it('import only what their layer may', () => {
    expect(sources.size).toBeGreaterThan(100)
    expect(violations(sources)).toEqual([])
  })

  it('are read right: every relative import names a file that is there', () => {
    let count = 0
    for (const [path, source] of sources) {
      for (const {specifier} of importsOf(source)) {
        if (!specifier.startsWith('.')) continue
        count++
        expect(existsSync(join(SRC, path, '..', specifier)), `${path} imports ${specifier}`).toBe(true)
      }
    }
    expect(count).toBeGreaterThan(300)
  })
})

describe('the reader of imports', () => {
  it('finds every form', () => {
    const source = `
      import a from 'one'
      import {b} from "two"
      import type {C} from 'three'
      import {
        d,
        type E,
      } from 'four'
      import 'five'
      export {f} from 'six'
      export * from 'seven'
      export type {G} from 'eight'
      const h = await import('nine')
      const i = require('ten')
      import * as j from 'eleven'
    `
    expect(importsOf(source).map(({specifier}) => specifier)).toEqual([
      ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'eleven', 'nine', 'ten'],
    ])
    const of = (name: string) => importsOf(source).find(({specifier}) => specifier === name)
    expect([of('three'), of('eight'), of('four'), of('nine')]).toMatchObject([
      {typeOnly: true, dynamic: false},
      {typeOnly: true, dynamic: false},
      {typeOnly: false, dynamic: false},
      {typeOnly: false, dynamic: true},
    ])
  })

  it('finds none in comments and in constants', () => {
    const source = `
      // import a from 'one'
      /* import b from 'two' */
      export const c = 'three'
      export const d = {import: 'four'}
    `
    expect(importsOf(source)).toEqual([])
  })
})

describe('the rules', () => {
  const value = (specifier: string) => `import {x} from '${specifier}'\n`
  const type = (specifier: string) => `import type {X} from '${specifier}'\n`
  const lazy = (specifier: string) => `const x = await import('${specifier}')\n`

  it.each([
    ['fleet/a.ts', value('node:fs')],
    ['fleet/a.ts', value('../state/store.ts')],
    ['fleet/a.ts', type('../catalog/index.ts')],
    ['fleet/a.ts', value('chalk')],
    ['catalog/a.ts', value('node:fs')],
    ['catalog/a.ts', value('../decoy/services/ssh/server.ts')],
    ['catalog/a.ts', value('../decoy/persona.ts')],
    ['network/a.ts', value('../state/store.ts')],
    ['network/a.ts', value('systeminformation')],
    ['state/a.ts', value('../events/evidence-store.ts')],
    ['state/a.ts', value('../operations/deps.ts')],
    ['events/a.ts', type('../engines/engine.ts')],
    ['events/a.ts', value('../cli/context.ts')],
    ['engines/executor.ts', value('./docker/index.ts')],
    ['engines/docker/a.ts', value('../../state/store.ts')],
    ['engines/docker/a.ts', value('../embedded/index.ts')],
    ['engines/docker/a.ts', value('../../decoy/persona.ts')],
    ['engines/docker/a.ts', value('../../decoy/runtime.ts')],
    ['engines/docker/a.ts', value('../../events/evidence-store.ts')],
    ['engines/docker/a.ts', value('dockerode')],
    ['engines/a.ts', lazy('dockerode')],
    ['operations/a.ts', value('../engines/docker/index.ts')],
    ['operations/a.ts', lazy('../engines/embedded/index.ts')],
    ['operations/a.ts', value('../engines/manifest.ts')],
    ['operations/a.ts', value('../cli/context.ts')],
    ['operations/a.ts', value('better-sqlite3')],
    ['operations/a.ts', value('@oclif/core')],
    ['cli/a.ts', value('../commands/deploy.ts')],
    ['cli/a.ts', value('../decoy/runtime.ts')],
    ['cli/a.ts', value('better-sqlite3')],
    ['cli/a.ts', lazy('dockerode')],
    ['commands/a.ts', value('../decoy/main.ts')],
    ['decoy/a.ts', value('../fleet/spec.ts')],
    ['decoy/a.ts', value('../events/evidence-store.ts')],
    ['decoy/a.ts', value('@oclif/core')],
    ['decoy/a.ts', value('ssh2')],
    ['decoy/services/http/server.ts', value('ssh2')],
    ['decoy/definition.ts', value('node:net')],
    ['decoy/common-options.ts', value('./persona.ts')],
    ['decoy/mailbox/dovecot-options.ts', value('./dovecot.ts')],
    ['decoy/services/ssh/definition.ts', value('../../definition.ts')],
    ['decoy/services/ssh/definition.ts', type('../../persona.ts')],
    ['decoy/services/ssh/definition.ts', value('node:crypto')],
    ['decoy/services/ssh/definition.ts', value('ssh2')],
    ['decoy/services/ssh/definition.ts', value('../http/products.ts')],
    ['elsewhere/a.ts', value('../fleet/spec.ts')],
    ['fleet/a.ts', 'const x = await import(name)\n'],
  ])('%s must not contain %j', (path, source) => {
    expect(violations(new Map([[path, source]]))).toEqual([expect.stringMatching(new RegExp(`^${path}: `))])
  })

  it.each([
    ['fleet/a.ts', value('netmask') + value('ini') + value('node:crypto') + value('./spec.ts')],
    ['catalog/a.ts', value('../decoy/services/ssh/definition.ts') + value('../fleet/catalog.ts')],
    ['network/a.ts', lazy('systeminformation')],
    ['events/a.ts', value('../state/files.ts') + value('better-sqlite3')],
    [
      'engines/docker/a.ts',
      type('dockerode') + lazy('dockerode') + type('../../events/event.ts') + value('../engine.ts'),
    ],
    ['operations/a.ts', value('../engines/executor.ts') + value('../state/lock.ts')],
    ['cli/a.ts', lazy('../engines/docker/index.ts') + value('chalk') + value('@oclif/core')],
    ['decoy/a.ts', value('node:net') + type('../events/event.ts')],
    ['decoy/services/ssh/server.ts', value('ssh2')],
    ['decoy/services/ssh/definition.ts', type('../../definition.ts') + value('./names.ts')],
    ['decoy/services/imap/definition.ts', value('../../mailbox/dovecot-options.ts')],
    ['decoy/mailbox/dovecot-options.ts', type('../definition.ts') + value('../common-options.ts')],
  ])('%s may contain %j', (path, source) => {
    expect(violations(new Map([[path, source]]))).toEqual([])
  })

  it('report what a definition loads through its data', () => {
    const sources = new Map([
      ['decoy/services/ssh/definition.ts', value('./names.ts')],
      ['decoy/services/ssh/names.ts', value('./server.ts')],
      ['decoy/services/ssh/server.ts', value('ssh2')],
    ])
    expect(violations(sources)).toEqual(['decoy/services/ssh/definition.ts: loads ssh2'])
  })

  it('report cycles, except of types and of what is loaded later', () => {
    const cycle = (back: string) =>
      violations(
        new Map([
          ['fleet/a.ts', value('./b.ts')],
          ['fleet/b.ts', value('./c.ts')],
          ['fleet/c.ts', back],
        ]),
      )
    expect(cycle(value('./a.ts'))).toEqual(['fleet/a.ts: imports itself through fleet/b.ts, fleet/c.ts, fleet/a.ts'])
    expect(cycle(type('./a.ts'))).toEqual([])
    expect(cycle(lazy('./a.ts'))).toEqual([])
  })
})
