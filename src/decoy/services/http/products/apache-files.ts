import type {Validators} from '../site/conditional.ts'
import type {Document} from '../site/site.ts'

/** Of a name and of a path, on a Linux file system. */
const NAME_LIMIT = 255
const PATH_LIMIT = 4095

/** `.ht*` files, the status page for others than the machine itself, and names that no file can have. */
export const isForbidden = (path: string): boolean =>
  path.split('/').some((name) => name.startsWith('.ht') || name.length > NAME_LIMIT) ||
  path.length > PATH_LIMIT ||
  path === '/server-status' ||
  path.startsWith('/server-status/')

/** Size and modification time in microseconds, both hexadecimal. */
export function apacheValidators(document: Document): Validators {
  const micros = BigInt(Math.round(document.modified * 1000))
  return {
    etag: `"${document.body.length.toString(16)}-${micros.toString(16)}"`,
    modified: Math.floor(document.modified / 1000),
  }
}
