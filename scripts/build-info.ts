/** Writes what `decnet --version --json` tells of this build: the commit, where it is built in its own repository. */
import {execFileSync} from 'node:child_process'
import {realpathSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

const ROOT = realpathSync(join(import.meta.dirname, '..'))

function git(...args: string[]): string {
  return execFileSync('git', ['-C', ROOT, ...args], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim()
}

/** Null without git, and for a tarball that was unpacked inside some other repository. */
function commit(): string | null {
  try {
    return realpathSync(git('rev-parse', '--show-toplevel')) === ROOT ? git('rev-parse', 'HEAD') : null
  } catch {
    return null
  }
}

writeFileSync(join(ROOT, 'dist', 'build-info.json'), `${JSON.stringify({commit: commit()})}\n`)
