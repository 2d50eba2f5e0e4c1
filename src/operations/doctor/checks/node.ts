import {type Check, failed, ok} from '../check.ts'

/** First versions of each line that have everything we use; the same as `engines` in package.json. */
const LINES: Readonly<Record<number, readonly [minor: number, patch: number]>> = {22: [22, 2], 24: [15, 0]}
const OPEN_ENDED = 26

export const nodeVersion: Check = {
  id: 'node-version',
  group: 'machine',
  title: 'Node.js',
  why: 'The state is kept by a native module that an older Node crashes on.',
  run({deps}) {
    const {nodeVersion: version} = deps.surroundings
    if (isSupported(version)) return ok(version)
    return failed(`${version} is too old`, 'install Node 24.15 or later: https://nodejs.org/en/download')
  },
}

function isSupported(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major >= OPEN_ENDED) return true
  const line = LINES[major]
  return line !== undefined && (minor > line[0] || (minor === line[0] && patch >= line[1]))
}
