import {execFileSync} from 'node:child_process'
import {existsSync, lstatSync, mkdirSync, mkdtempSync} from 'node:fs'
import {chmod, cp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, afterEach, beforeEach, describe, expect, it} from 'vitest'

import {commandsOf} from '../docs/blocks.ts'
import {PAGES, ROOT} from '../docs/pages.ts'
import {linkRepository, PROTECT} from '../docs/sandbox.ts'
import {capture, must} from '../lab/process.ts'
import {useBench} from '../support/bench.ts'
import {shell} from '../support/decnet.ts'
import {describeOnLab} from '../support/lab.ts'

const LIMIT_MS = 300_000
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups']

const [first] = commandsOf('README.md', new Set(['first']))
if (first === undefined) throw new Error('README.md has lost its first command')

const root = process.getuid?.() === 0
const users = root ? (['root', 'an ordinary user'] as const) : (['an ordinary user'] as const)

/** As a fresh clone has it: what git knows, with what is not committed yet. Never a link: npm would empty its target. */
async function clone(directory: string): Promise<void> {
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const files = execFileSync('git', list, {cwd: ROOT})
    .toString()
    .split('\0')
    .filter((file) => file !== '' && lstatSync(join(ROOT, file), {throwIfNoEntry: false})?.isFile() === true)
  for (const file of files) await cp(join(ROOT, file), join(directory, file))
  if (existsSync(join(directory, 'node_modules'))) throw new Error('a fresh clone has no node_modules')
}

describe('the first ten minutes', () => {
  let directory: string

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'decnet-clone-'))
  })
  afterEach(() => rm(directory, {recursive: true, force: true}))

  it.each(users)(
    'are as the README says for %s, from a fresh clone and with whatever Node there is',
    async (user) => {
      const [tree, home] = [join(directory, 'clone'), join(directory, 'home')]
      for (const path of [tree, home]) mkdirSync(path)
      await clone(tree)
      const cache = execFileSync('npm', ['config', 'get', 'cache'], {cwd: ROOT, encoding: 'utf8'}).trim()
      // npm asks the registry for what the machine's own cache lacks.
      if (existsSync(join(cache, '_cacache')))
        await must('cp', ['-r', '--reflink=auto', cache, join(directory, 'cache')])
      await chmod(directory, 0o755)
      const unprivileged = root && user !== 'root'
      if (unprivileged) await must('chown', ['-R', '65534:65534', directory])

      const env = {
        PATH: (process.env.PATH ?? '')
          .split(':')
          .filter((path) => !path.includes('node_modules'))
          .join(':'),
        HOME: home,
        TMPDIR: directory,
        LANG: 'C.UTF-8',
        DECNET_STATE_DIR: join(home, '.local/state/decnet'),
        // Another test, or the operator's own first look, may have the usual one.
        DECNET_SUBNET: `127.91.${process.pid % 250}.0/24`,
        npm_config_cache: join(directory, 'cache'),
        npm_config_prefer_offline: 'true',
      }
      const run = (script: string) => {
        const shellArgs = ['-euo', 'pipefail', '-c', script]
        const [program, args] = unprivileged ? ['setpriv', [...NOBODY, 'bash', ...shellArgs]] : ['bash', shellArgs]
        return capture(program, args, {cwd: tree, env, timeoutMs: LIMIT_MS})
      }
      try {
        const begun = performance.now()
        const deployed = await run(first.script)
        expect(deployed.code, `${deployed.stdout}\n${deployed.stderr}`).toBe(0)
        console.info(`first command as ${user}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
        expect(await run('./bin/run.js status')).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('8 of 8 deckies running'),
        })
      } finally {
        await run('./bin/run.js teardown --all --yes')
      }
      const status = await run('./bin/run.js status --json')
      expect(JSON.parse(status.stdout)).toMatchObject({deckies: []})
    },
    LIMIT_MS,
  )
})

describeOnLab('commands of documents that need Docker', () => {
  const bench = useBench('documents', {keepsFleet: true})
  const directory = mkdtempSync(join(tmpdir(), 'decnet-docs-'))
  const tree = join(directory, 'tree')
  linkRepository(tree)
  afterAll(() => rm(directory, {recursive: true, force: true}))

  const steps = PAGES.flatMap((page) => commandsOf(page, new Set(['docker'])))

  it.each(steps)('$name runs as written', async ({script}) => {
    const path = join(directory, 'step.sh')
    await writeFile(path, script)
    const line = `${PROTECT} && cd ${tree} && exec bash -euo pipefail ${path}`
    const outcome = await shell(bench().lab, `exec unshare --mount bash -c "${line}"`)
    expect(outcome.code, `${outcome.stdout}\n${outcome.stderr}`).toBe(0)
    if (script.includes('run.js deploy')) expect(outcome.stdout).toContain('8 of 8 deckies running')
  })
})
