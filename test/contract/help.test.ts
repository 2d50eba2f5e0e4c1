import {readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {describe, expect, it} from 'vitest'

import {EXIT_CODES} from '../../src/cli/exit-codes.ts'
import {runCli} from './built-cli.ts'

const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../oclif.manifest.json'), 'utf8')) as {
  commands: Record<string, object>
}
const commands = Object.keys(manifest.commands)
  .toSorted()
  .map((id) => id.split(':'))

describe('help', () => {
  it('lists every command', () => {
    const {code, stdout} = runCli(['--help'])
    expect(code).toBe(0)
    expect(stdout.replace(/decnet\/\S+ \S+ \S+/, 'decnet/VERSION')).toMatchSnapshot()
  })

  it.each(commands)('of decnet %s %s', (...command) => {
    const words = command.filter((word) => typeof word === 'string')
    const {code, stdout} = runCli([...words, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatchSnapshot()
  })

  it('names every exit code', () => {
    const {stdout} = runCli(['deploy', '--help'])
    for (const code of Object.keys(EXIT_CODES)) expect(stdout).toMatch(new RegExp(`^ +${code} `, 'm'))
  })
})
