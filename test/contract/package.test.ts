import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {beforeAll, expect, it} from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const MEGABYTE = 1_000_000
/** Unpacked, without dependencies: a bundle that swallowed a library shows here. */
const MOST_UNPACKED = 20 * MEGABYTE

interface Packed {
  readonly files: readonly {readonly path: string}[]
  /** Bytes of the tarball. */
  readonly size: number
  readonly unpackedSize: number
}

let packed: Packed

beforeAll(() => {
  const args = ['pack', '--dry-run', '--ignore-scripts', '--json']
  const {stdout, status} = spawnSync('npm', args, {cwd: ROOT, encoding: 'utf8'})
  expect(status).toBe(0)
  ;[packed] = JSON.parse(stdout) as [Packed]
})

/** Folders and files at the top of the tarball, and the kinds of files below `dist/`. */
it('packs the built command line and nothing else', () => {
  const {files} = packed
  const paths = files.map(({path}) => path)
  const top = new Set(paths.map((path) => (path.startsWith('dist/') ? 'dist/' : path)))
  expect([...top].toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'bin/run.js',
    'dist/',
    'oclif.manifest.json',
    'package.json',
    'systemd/decnet-collect.service',
  ])
  const kinds = new Set(paths.filter((path) => path.startsWith('dist/')).map((path) => path.replace(/^.*?\./, '.')))
  expect([...kinds].toSorted()).toEqual(['.cjs', '.d.ts', '.js', '.js.map', '.json'])
  expect(paths).toContain('dist/decoy-bundle/main.cjs')
})

it('is no larger than the documents say', () => {
  const said = /^\| tarball \| less than (\d+) MB \|$/m.exec(
    readFileSync(resolve(ROOT, 'docs/install.md'), 'utf8'),
  )?.[1]
  expect(packed.size).toBeLessThan(Number(said) * MEGABYTE)
  expect(packed.unpackedSize).toBeLessThan(MOST_UNPACKED)
})
