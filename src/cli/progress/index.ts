import type {ProgressListener} from '../../operations/progress.ts'
import type {Style} from '../views/style.ts'

import {ndjsonProgress} from './ndjson.ts'
import {plainProgress} from './plain.ts'

export type ProgressMode = 'auto' | 'tty' | 'plain' | 'json' | 'quiet'

export interface ProgressSink {
  readonly listener: ProgressListener
  /** Resolves when the display has let go of the terminal. */
  readonly end: () => Promise<void>
}

export interface ProgressTarget {
  readonly stream: NodeJS.WriteStream
  readonly style: Style
  readonly env: Readonly<Record<string, string | undefined>>
}

const QUIET: ProgressSink = {listener: () => undefined, end: async () => undefined}

/** How progress is shown. `auto` looks at standard error, because standard output may be a pipe (`| tee`). */
export async function progressListener(mode: ProgressMode, target: ProgressTarget): Promise<ProgressSink> {
  switch (mode === 'auto' ? automatic(target) : mode) {
    case 'tty': {
      const {ttyProgress} = await import('./tty.ts')
      return ttyProgress(target)
    }
    case 'plain':
      return plainProgress(target)
    case 'json':
      return ndjsonProgress(target.stream)
    default:
      return QUIET
  }
}

function automatic({stream, env}: ProgressTarget): 'tty' | 'plain' {
  return stream.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '' ? 'tty' : 'plain'
}
