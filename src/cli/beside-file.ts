/** Directories that a fleet file names: below it, and reached without a symbolic link. */
import {lstatSync} from 'node:fs'
import {dirname, join, relative, resolve, sep} from 'node:path'

/** A reason why a directory is not taken, as a diagnostic says it. */
export class Refusal extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

export type Refused = {readonly ok: false; readonly problem: string; readonly hint: string}

const HINT = 'name a directory of files, relative to the fleet file'
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'it is no directory',
  EACCES: 'permission denied',
  ELOOP: 'it is a symbolic link',
}

/** What paths of this fleet file are relative to; `-`: the working directory. */
export function baseOf(file: string): string {
  return file === '-' ? process.cwd() : dirname(resolve(file))
}

/** The absolute path of a directory. Throws Refusal for one that is elsewhere. */
export function resolveBeside(base: string, path: string): string {
  const root = resolve(base, path)
  const inside = relative(base, root)
  if (inside === '..' || inside.startsWith(`..${sep}`) || path.startsWith('/')) {
    throw new Refusal(`${path} is not below the fleet file`, 'move the directory beside the fleet file')
  }
  refuseLinks(base, inside)
  return root
}

/** A link on the way would lead out of the directory as well as one in it. */
function refuseLinks(base: string, inside: string): void {
  let at = base
  for (const name of inside.split(sep).filter((part) => part !== '')) {
    at = join(at, name)
    if (lstatSync(at).isSymbolicLink()) throw linked(inside)
  }
}

export const linked = (path: string): Refusal =>
  new Refusal(`${path} is a symbolic link`, 'links are not followed: copy what it points to')

/** The result, or why there is none, in words. */
export function refusable<T>(path: string, work: () => T): T | Refused {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return {ok: false, problem: error.message, hint: error.hint}
    const {code = '', message} = error as NodeJS.ErrnoException
    return {ok: false, problem: `cannot read ${path}: ${REASONS[code] ?? message}`, hint: HINT}
  }
}
