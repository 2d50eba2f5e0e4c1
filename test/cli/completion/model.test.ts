import {describe, expect, it} from 'vitest'

import {loadCli} from '../../../scripts/docs/cli.ts'
import {completionScript} from '../../../src/cli/completion/index.ts'
import {cliModel, valueFlags} from '../../../src/cli/completion/model.ts'
import {SHELLS} from '../../../src/cli/completion/shell.ts'
import {MANIFEST} from './manifest.ts'

describe('the model of the command line', () => {
  const {commands, topics} = cliModel(MANIFEST)
  const command = (...words: string[]) => commands.find((each) => each.words.join() === words.join())

  it('leaves out what is hidden', () => {
    expect(command('internal')).toBeUndefined()
    expect(command('status')?.flags.map(({name}) => name)).not.toContain('secret')
  })

  it('knows topics, and what stands below them', () => {
    expect(topics).toEqual([{word: 'config', summary: "Read and change what's set: [all] of it."}])
    expect(command('config', 'set')?.args.map(({values}) => values.type)).toEqual(['names', 'nothing'])
  })

  it('tells flags with a value from flags without', () => {
    const status = command('status')
    if (status === undefined) throw new Error('no status')
    expect(valueFlags(status)).toEqual(['--progress', '-p', '--state-dir', '--timeout'])
    expect(status.flags.map(({name}) => name)).toEqual(expect.arrayContaining(['color', 'no-color', 'help']))
    expect(status.variadic).toBe(true)
  })
})

describe('the scripts of all commands', () => {
  it.each(SHELLS)('name every command and flag that is not hidden: %s', async (shell) => {
    const config = await loadCli()
    const script = completionScript(shell, config)
    for (const {id, hidden, flags} of config.commands) {
      if (hidden) continue
      for (const word of id.split(':')) expect(script).toContain(word)
      for (const [name, flag] of Object.entries(flags)) {
        if (!flag.hidden) expect(script, id).toContain(shell === 'fish' ? `-l ${name}` : `--${name}`)
      }
    }
  })
})
