/** Bundles the decoy for the image: two self-contained CommonJS files, the same bytes from the same sources. */
import {mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {build} from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const OUT = join(ROOT, 'dist', 'decoy-bundle')

await rm(OUT, {recursive: true, force: true})
await mkdir(OUT, {recursive: true})
await build({
  absWorkingDir: ROOT,
  entryPoints: {main: 'src/decoy/main.ts', probe: 'src/decoy/probe-main.ts'},
  outdir: OUT,
  outExtension: {'.js': '.cjs'},
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  sourcemap: false,
  // Native add-ons of ssh2 are optional: it falls back to JavaScript and to node:crypto without them.
  external: ['*.node', 'cpu-features'],
  logLevel: 'warning',
})
