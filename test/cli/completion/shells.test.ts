import {spawnSync} from 'node:child_process'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {loadCli} from '../../../scripts/docs/cli.ts'
import {completionScript} from '../../../src/cli/completion/index.ts'
import {SHELLS} from '../../../src/cli/completion/shell.ts'
import {MANIFEST} from './manifest.ts'
import {CompletionWorld} from './shells.ts'

const FLAGS = ['--color', '--detailed-exitcode', '--help', '--no-color', '--progress', '--state-dir', '--timeout']

/** What shows that a shell can be driven: zsh completes on a terminal only, and not every user may open one. */
const PROOFS = {bash: 'exit 0', zsh: 'zmodload zsh/zpty && zpty probe true', fish: 'exit 0'} as const

describe.each(SHELLS)('in %s', (shell) => {
  const missing = spawnSync(shell, ['-c', PROOFS[shell]]).status !== 0
  if (missing)
    process.stderr.write(
      `${shell} is not there or gets no terminal: its completion is NOT tested (apt-get install ${shell})\n`,
    )
  const world = new CompletionWorld()
  const script = completionScript(shell, MANIFEST)
  const complete = (...words: string[]) => world.complete(shell, script, words)
  let real = ''

  beforeAll(async () => {
    real = completionScript(shell, await loadCli())
  })
  afterAll(() => world.dispose())

  it.skipIf(missing)('the script of every command parses', () => {
    const path = world.write(`real.${shell}`, real)
    expect(world.run(shell, ['-n', path])).toBe('')
    expect(world.run(shell, ['-n', world.write('small', script)])).toBe('')
  })

  it.skipIf(missing)('commands and topics', () => {
    expect(complete('decnet', 'c')).toEqual(['completion', 'config'])
    expect(complete('decnet', 'config', '')).toEqual(['get', 'set'])
    expect(complete('decnet', 'help', 'st')).toEqual(['status'])
  })

  it.skipIf(missing)('flags, without hidden ones', () => {
    const offered = complete('decnet', 'status', '--').map((flag) => flag.replace(/=$/, ''))
    expect(offered).toEqual(FLAGS)
  })

  it.skipIf(missing)('values that the manifest lists', () => {
    expect(complete('decnet', 'status', '--progress', '')).toEqual(['auto', 'json', 'plain'])
    expect(complete('decnet', 'status', '-p', 'p')).toEqual(['plain'])
    expect(complete('decnet', 'completion', 'z')).toEqual(['zsh'])
  })

  it.skipIf(missing)('names that are asked for, and nothing for free text', () => {
    expect(complete('decnet', 'status', '')).toEqual(['db.core', 'web-01', 'web-02'])
    expect(complete('decnet', 'status', 'web-01', '--timeout', '5s', 'db')).toEqual(['db.core'])
    expect(complete('decnet', 'config', 'set', 'par')).toEqual(['parallel'])
    expect(complete('decnet', 'config', 'set', 'parallel', '')).toEqual([])
    expect(complete('decnet', 'status', '--timeout', '')).toEqual([])
  })

  it.skipIf(missing)('names from the state that the line names', () => {
    expect(complete('decnet', 'status', '--state-dir', '/other', '')).toEqual(['elsewhere-01'])
    expect(complete('decnet', 'status', '--state-dir=/other', '')).toEqual(['elsewhere-01'])
  })

  it.skipIf(missing)('fleet files and directories', () => {
    const files = complete('decnet', 'plan', 'f').map((path) => path.replace(/\/$/, ''))
    expect(files).toEqual(expect.arrayContaining(['fleet.ini']))
    expect(complete('decnet', 'plan', 'no')).toEqual(['notes.txt'])
    expect(complete('decnet', 'status', '--state-dir', 'f').map((path) => path.replace(/\/$/, ''))).toEqual(['fleets'])
  })
})

it('in bash, a value that follows an equals sign, and a file with a space', () => {
  const world = new CompletionWorld()
  const script = completionScript('bash', MANIFEST)
  expect(world.complete('bash', script, ['decnet', 'status', '--progress=p'])).toEqual(['plain'])
  expect(world.complete('bash', script, ['decnet', 'status', '--progress='])).toEqual(['auto', 'json', 'plain'])
  expect(world.complete('bash', script, ['decnet', 'plan', 'my'])).toEqual(['my office.ini'])
  world.dispose()
})
