/**
 * Bundles the decoy: self-contained CommonJS files, the same bytes from the same sources. `main` and `probe` go into the
 * image, `embedded` is the process of the embedded engine.
 * `node scripts/bundle-decoy.ts [DIRECTORY]`
 */
import {mkdir, rm} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {build} from 'esbuild'

const ROOT = join(import.meta.dirname, '..')
const out = resolve(process.argv[2] ?? join(ROOT, 'dist', 'decoy-bundle'))

await rm(out, {recursive: true, force: true})
await mkdir(out, {recursive: true})
await build({
  // Module paths in the output are relative to this: they tell neither where it was built nor what it is.
  absWorkingDir: join(ROOT, 'src', 'decoy'),
  entryPoints: {main: 'main.ts', probe: 'probe-main.ts', embedded: 'embedded-main.ts'},
  outdir: out,
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
