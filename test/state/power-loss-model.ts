/**
 * A disk that forgets. It replays the file calls of a traced process and says what could be on the platter if the
 * power failed after any of them: what was synced, and any part of what was not.
 */

type Change =
  | {readonly kind: 'write'; readonly at: number; readonly bytes: Buffer}
  | {readonly kind: 'truncate'; readonly size: number}

interface Inode {
  durable: Buffer
  unsynced: Change[]
}

export type FileCall =
  | {readonly kind: 'create' | 'unlink' | 'sync'; readonly path: string}
  | {readonly kind: 'link'; readonly path: string; readonly to: string}
  | {readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer}
  | {readonly kind: 'truncate'; readonly path: string; readonly size: number}
  | {readonly kind: 'say'; readonly text: string}

/** `kept`: all that was written. `lost`: only what was synced. `torn`: an arbitrary part of what was not. */
export type PowerLoss = 'kept' | 'lost' | 'torn'

export class ForgetfulDisk {
  readonly #dir: string
  readonly #names = new Map<string, Inode>()
  #durableNames = new Map<string, Inode>()

  constructor(dir: string) {
    this.#dir = dir
  }

  apply(call: FileCall): void {
    switch (call.kind) {
      case 'create':
        if (!this.#names.has(call.path)) this.#names.set(call.path, {durable: Buffer.alloc(0), unsynced: []})
        return
      case 'unlink':
        this.#names.delete(call.path)
        return
      case 'link':
        this.#names.set(call.to, this.#inode(call.path))
        return
      case 'sync':
        this.#sync(call.path)
        return
      case 'write':
      case 'truncate':
        this.#inode(call.path).unsynced.push(call)
        return
      case 'say':
    }
  }

  /** The files after a power loss now, by path. `random` gives numbers from 0 to 1. */
  after(loss: PowerLoss, random: () => number): Map<string, Buffer> {
    const names = loss === 'lost' ? this.#durableNames : this.#names
    return new Map(
      [...names].map(([path, {durable, unsynced}]) => {
        const survivors = unsynced.filter(() => loss === 'kept' || (loss === 'torn' && random() < 0.5))
        return [path, survivors.reduce(changed, durable)]
      }),
    )
  }

  #sync(path: string): void {
    if (path === this.#dir) {
      this.#durableNames = new Map(this.#names)
      return
    }
    const inode = this.#inode(path)
    inode.durable = inode.unsynced.reduce(changed, inode.durable)
    inode.unsynced = []
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path)
    if (inode === undefined) throw new Error(`the trace uses ${path} before it is there`)
    return inode
  }
}

function changed(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') return Buffer.concat([content.subarray(0, change.size)], change.size)
  const grown = Buffer.concat([content], Math.max(content.length, change.at + change.bytes.length))
  change.bytes.copy(grown, change.at)
  return grown
}

/** Reads the output of `strace -y -xx`: the calls on files directly in `dir`, and what was said on standard output. */
export function parseTrace(trace: string, dir: string): FileCall[] {
  return trace.split('\n').flatMap((line) => parseCall(line, dir))
}

/** Options of strace that `parseTrace` understands the output of. */
export const STRACE_OPTIONS = [
  '-y',
  '-xx',
  ...['-s', '8192'],
  ...['-e', 'trace=openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,link,linkat,rename,renameat2'],
] as const

function parseCall(line: string, dir: string): FileCall[] {
  const match = /^(\w+)\((.*)\) += (\d+)/.exec(line)
  if (match === null) return []
  const [, name = '', rest = ''] = match
  const strings = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) => unhex(hex))
  const onFile = unhex(/^\d+<((?:\\x[0-9a-f]{2})*)>/.exec(rest)?.[1] ?? '').toString()
  const numbers =
    rest
      .replace(/^[^,]*,/, '')
      .match(/(?<=, |^ )\d+/g)
      ?.map(Number) ?? []
  const bytes = strings[0] ?? Buffer.alloc(0)
  if (name === 'write' && rest.startsWith('1<')) return [{kind: 'say', text: bytes.toString()}]
  const named = strings.map(String)
  const path = onFile || (named[0] ?? '')
  // The index of the log is rebuilt after a crash, and the reserve holds nothing.
  if (!(path === dir || path.startsWith(`${dir}/`)) || /-shm$|\/reserve$/.test(path)) return []
  switch (name) {
    case 'openat':
      return rest.includes('O_CREAT') ? [{kind: 'create', path}] : []
    case 'pwrite64':
      return [{kind: 'write', path, bytes, at: numbers.at(-1) ?? 0}]
    case 'fsync':
    case 'fdatasync':
      return [{kind: 'sync', path}]
    case 'ftruncate':
      return [{kind: 'truncate', path, size: numbers.at(-1) ?? 0}]
    case 'unlink':
      return [{kind: 'unlink', path}]
    case 'link':
      return [{kind: 'link', path, to: named[1] ?? ''}]
    default:
      throw new Error(`the model does not know ${line.slice(0, 200)}`)
  }
}

function unhex(escaped: string): Buffer {
  return Buffer.from(escaped.replaceAll('\\x', ''), 'hex')
}
