import {spawnSync} from 'node:child_process'
import {resolve} from 'node:path'
import {expect, it} from 'vitest'

/** Folders and files at the top of the tarball, and the kinds of files below `dist/`. */
it('packs the built command line and nothing else', () => {
  const {stdout, status} = spawnSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
  })
  expect(status).toBe(0)
  const [{files}] = JSON.parse(stdout) as [{files: {path: string}[]}]
  const paths = files.map(({path}) => path)
  const top = new Set(paths.map((path) => (path.startsWith('dist/') ? 'dist/' : path)))
  expect([...top].toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'bin/run.js',
    'dist/',
    'oclif.manifest.json',
    'package.json',
  ])
  const kinds = new Set(paths.filter((path) => path.startsWith('dist/')).map((path) => path.replace(/^.*?\./, '.')))
  expect([...kinds].toSorted()).toEqual(['.cjs', '.d.ts', '.js', '.js.map'])
  expect(paths).toContain('dist/decoy-bundle/main.cjs')
})
