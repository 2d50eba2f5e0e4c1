import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, symlinkSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {commandsOf} from '../docs/blocks.ts'
import {ROOT} from '../docs/pages.ts'
import {capture, must} from '../lab/process.ts'

const LIMIT_MS = 300_000
const NOT_CACHED = 'ENOTCACHED'

/** What a copy of the tree needs to be built and packed. Nothing of it is linked: npm would write through. */
const TREE = [
  'bin',
  'src',
  'scripts',
  'node_modules',
  'tsconfig.json',
  '.npmrc',
  'LICENSE',
  'README.md',
  'package.json',
  'package-lock.json',
]

let directory: string
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-pack-'))
  for (const entry of TREE) await must('cp', ['-rH', '--reflink=auto', join(ROOT, entry), join(directory, entry)])
  const cache = execFileSync('npm', ['config', 'get', 'cache'], {cwd: ROOT, encoding: 'utf8'}).trim()
  symlinkSync(cache, join(directory, 'npm-cache'))
  const prefix = join(directory, 'global')
  // What npm tells its scripts would be taken for settings by the npm below it.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:npm_|DECNET_)/i.test(name))
  env = {
    ...Object.fromEntries(inherited),
    PATH: [join(prefix, 'bin'), dirname(process.execPath), process.env.PATH].join(':'),
    npm_config_prefix: prefix,
    npm_config_offline: 'true',
    npm_config_ignore_scripts: 'false',
  }
})

afterAll(() => rm(directory, {recursive: true, force: true}))

describe('docs/install.md', () => {
  it.each(commandsOf('docs/install.md', new Set(['pack'])))(
    '$name runs as written, offline',
    async ({name, script}) => {
      const outcome = await capture('bash', ['-euo', 'pipefail', '-c', script], {
        cwd: directory,
        env,
        timeoutMs: LIMIT_MS,
      })
      if (outcome.code !== 0 && outcome.stderr.includes(NOT_CACHED) && process.env.DECNET_REQUIRE_LAB !== '1') {
        console.warn(`\n*** SKIPPED: ${name}: npm's cache lacks a package; npm ci fills it ***\n`)
        return
      }
      const said = `${outcome.stdout}\n${outcome.stderr}`
      expect(outcome.code, said).toBe(0)
      expect(outcome.stdout, said).toMatch(/^decnet\/\d+\.\d+\.\d+ linux-/m)
    },
    LIMIT_MS,
  )
})

describe('what is installed', () => {
  const installed = () => join(directory, 'installed')

  it('works far from the tree it came from', async () => {
    const elsewhere = {cwd: '/', env: {...env, DECNET_STATE_DIR: join(directory, 'state')}}
    const decnet = join(installed(), 'bin/decnet')
    expect(await must(decnet, ['validate', join(ROOT, 'examples/office.ini')], elsewhere)).toContain('8 deckies')
    const listed = JSON.parse(await must(decnet, ['config', 'list', '--json'], elsewhere))
    expect(listed).toMatchObject({ok: true})
  })

  it('is no larger than the documents say', async () => {
    const said = /^\| installed, with dependencies \| less than (\d+) MB/m.exec(
      readFileSync(join(ROOT, 'docs/install.md'), 'utf8'),
    )
    const [bytes = ''] = (await must('du', ['-sb', installed()])).split('\t')
    expect(Number(bytes)).toBeLessThan(Number(said?.[1]) * 1_000_000)
  })
})
