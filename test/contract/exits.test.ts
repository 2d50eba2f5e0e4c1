import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {exitsOf, isExitCode} from '../../src/cli/exit-codes.ts'
import {runCli} from './built-cli.ts'

interface ManifestCommand {
  readonly exits?: readonly number[]
  readonly args: Readonly<Record<string, {readonly required?: boolean}>>
  readonly flags: Readonly<Record<string, unknown>>
}

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, ManifestCommand>
}
const commands = Object.entries(manifest.commands)

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-exits-'))
  writeFileSync(join(directory, 'bad.ini'), '[web]\nservices = nonsense\n')
  writeFileSync(join(directory, 'good.ini'), '[web]\nservices = ssh\n')
  writeFileSync(join(directory, 'file'), '')
})
afterAll(() => rmSync(directory, {recursive: true, force: true}))

/** Situations that end commands in many ways, none of which touches a network or an Engine. */
const SITUATIONS: readonly (readonly [name: string, file: string, state: string])[] = [
  ['all is well', 'good.ini', 'state'],
  ['the fleet file is wrong', 'bad.ini', 'state'],
  ['the fleet file is missing', 'none.ini', 'state'],
  ['the state is a file', 'good.ini', 'file'],
]

describe.each(SITUATIONS)('where %s', (_, file, state) => {
  it.each(commands)('%s ends as it declares', (id, {exits = [], args, flags}) => {
    const words = Object.entries(args).flatMap(([name, {required}]) =>
      name === 'file'
        ? [id === 'init' ? join(directory, 'made', file) : join(directory, file)]
        : required
          ? ['nothing-01']
          : [],
    )
    // A command that goes on until it is stopped has a flag by which it does not.
    const once = 'once' in flags ? ['--once'] : []
    const {code} = runCli([...id.split(':'), ...words, ...once], {
      DECNET_STATE_DIR: join(directory, state),
      DOCKER_HOST: `unix://${join(directory, 'no.sock')}`,
    })
    expect(exitsOf(exits.filter(isExitCode))).toContain(code)
    expect(code).not.toBe(1)
  })
})

it('leaves nothing behind where only questions were asked', () => {
  expect(existsSync(join(directory, 'made'))).toBe(false)
})
