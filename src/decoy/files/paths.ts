import {FsError} from './nodes.ts'

const PATH_MAX = 4096
const NAME_MAX = 255

/** The absolute form of a path without `.`, `..` and doubled slashes. Throws FsError for one the kernel refuses. */
export function absolutePath(cwd: string, path: string): string {
  const joined = path.startsWith('/') ? path : `${cwd}/${path}`
  if (joined.length > PATH_MAX) throw new FsError('ENAMETOOLONG')
  const parts: string[] = []
  for (const part of joined.split('/')) {
    if (part === '' || part === '.') continue
    if (part.length > NAME_MAX) throw new FsError('ENAMETOOLONG')
    if (part.includes('\0')) throw new FsError('EINVAL')
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return `/${parts.join('/')}`
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function directoryName(path: string): string {
  const end = path.lastIndexOf('/')
  return end <= 0 ? '/' : path.slice(0, end)
}
