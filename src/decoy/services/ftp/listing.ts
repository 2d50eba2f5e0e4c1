/** Directory lists as servers write them. */
import {type Node, sizeOf} from '../../files/nodes.ts'

export interface Entry {
  readonly name: string
  readonly node: Node
  /** Names of owner and group, where the machine knows them. */
  readonly owner: string
  readonly group: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** From this age on, the year stands in place of the time. */
const RECENT_S = 182 * 86_400

const two = (value: number): string => String(value).padStart(2, '0')

/** `drwxr-xr-x`. */
export function modeText(node: Node): string {
  const kind = node.kind === 'directory' ? 'd' : node.kind === 'link' ? 'l' : node.kind === 'device' ? 'c' : '-'
  const bits = [8, 7, 6, 5, 4, 3, 2, 1, 0].map((bit) => ((node.mode >> bit) & 1) === 1)
  const letters = bits.map((set, index) => (set ? ('rwx'[index % 3] ?? '') : '-'))
  if ((node.mode & 0o1000) !== 0) letters[8] = letters[8] === 'x' ? 't' : 'T'
  if ((node.mode & 0o4000) !== 0) letters[2] = letters[2] === 'x' ? 's' : 'S'
  return kind + letters.join('')
}

/** `Mar 04  2025` or `Mar 04 05:06`; the day is padded by the given character. */
export function unixDate(mtime: number, now: number, pad: '0' | ' '): string {
  const date = new Date(mtime * 1000)
  const day = String(date.getUTCDate()).padStart(2, pad)
  const recent = mtime <= now / 1000 && now / 1000 - mtime < RECENT_S
  const when = recent ? `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : ` ${date.getUTCFullYear()}`
  return `${MONTHS[date.getUTCMonth()]} ${day} ${when}`
}

export const linksOf = (node: Node): number =>
  node.kind === 'directory' ? 2 + [...node.entries.values()].filter(({kind}) => kind === 'directory').length : 1

/** `03-04-25  05:06AM       <DIR>          name`. */
export function dosLine({name, node}: Entry): string {
  const date = new Date(node.mtime * 1000)
  const hours = date.getUTCHours()
  const day = `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}-${two(date.getUTCFullYear() % 100)}`
  const time = `${two(hours % 12 === 0 ? 12 : hours % 12)}:${two(date.getUTCMinutes())}${hours < 12 ? 'AM' : 'PM'}`
  const kind = node.kind === 'directory' ? '      <DIR>         ' : String(sizeOf(node)).padStart(20)
  return `${day}  ${time} ${kind} ${name}`
}

/** `YYYYMMDDHHMMSS` (RFC 3659 section 2.3). */
export function timeValue(mtime: number): string {
  return new Date(mtime * 1000).toISOString().replace(/\D/g, '').slice(0, 14)
}

/** Facts of MLST and MLSD (RFC 3659 section 7) as ProFTPD gives them by default. */
export function machineFacts({node, owner, group, name}: Entry, unique: string): string {
  const kind = node.kind === 'directory' ? (name === '.' ? 'cdir' : name === '..' ? 'pdir' : 'dir') : 'file'
  const perm = node.kind === 'directory' ? 'flcdmpe' : 'adfrw'
  const size = node.kind === 'directory' ? '' : `size=${sizeOf(node)};`
  const mode = (node.mode & 0o7777).toString(8).padStart(4, '0')
  return (
    `modify=${timeValue(node.mtime)};perm=${perm};${size}type=${kind};unique=${unique};` +
    `UNIX.group=${node.gid};UNIX.groupname=${group};UNIX.mode=${mode};UNIX.owner=${node.uid};UNIX.ownername=${owner};`
  )
}
