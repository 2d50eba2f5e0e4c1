import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'

import {DecnetError} from '../../fleet/errors.ts'

/** Three levels up from here is the package, from `src/` as from `dist/`. */
export const BUNDLE_DIRECTORY = join(import.meta.dirname, '../../..', 'dist', 'decoy-bundle')

/** The program of the process, and the name of this very code. */
export interface EmbeddedBundle {
  readonly path: string
  /** `decnet-embedded:<16 hex digits>` */
  readonly runtimeId: string
}

export async function readBundle(directory: string): Promise<EmbeddedBundle> {
  const path = join(directory, 'embedded.cjs')
  try {
    const hash = createHash('sha256').update(await readFile(path))
    return {path, runtimeId: `decnet-embedded:${hash.digest('hex').slice(0, 16)}`}
  } catch (error) {
    throw new DecnetError('ENGINE_FAILED', `the decoy bundle ${path} cannot be read`, {
      hint: 'reinstall decnet; from a checkout, run "npm run build"',
      cause: error,
    })
  }
}
