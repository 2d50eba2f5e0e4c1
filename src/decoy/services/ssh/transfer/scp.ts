/**
 * The old scp protocol, in which `scp -t` receives and `scp -f` sends over the session's streams.
 *
 *   C<mode> <size> <name> LF data NUL | D<mode> 0 <name> LF | E LF | T<mtime> 0 <atime> 0 LF
 *   answers: NUL, or 1 (warning) or 2 (fatal) with a message and LF
 */
import {FsError} from '../../../files/nodes.ts'
import {absolutePath, baseName} from '../../../files/paths.ts'
import type {Upload} from '../../../files/upload.ts'
import {beginUpload, endUpload, type TransferHost} from './transfer-host.ts'

const ACK = Buffer.from([0])
const HEADER_LIMIT = 4096
const MAX_FILES = 10_000
const MAX_DEPTH = 32
const MAX_PARTS = 2 * MAX_FILES

export interface ScpStep {
  readonly replies: readonly Buffer[]
  /** Exit status once the transfer is over. */
  readonly exit: number | null
}

const fault = (code: 1 | 2, message: string): Buffer =>
  Buffer.from(`${String.fromCharCode(code)}scp: ${message}\n`, 'latin1')

/** What is sent in one go. */
type Part = readonly Buffer[]

const isFault = ([first]: Part): boolean => first?.[0] === 1

export interface ScpReceiver {
  open(): ScpStep
  feed(bytes: Buffer): ScpStep
  end(): ScpStep
}

interface Incoming {
  readonly path: string
  readonly mode: number
  readonly upload: Upload | null
  left: number
}

/** `scp -t target`. */
export class ScpSink implements ScpReceiver {
  readonly #host: TransferHost
  #directories: string[]
  #header = ''
  #incoming: Incoming | null = null
  #awaitNul = false
  #files = 0
  #status = 0

  constructor(host: TransferHost, target: string) {
    this.#host = host
    this.#directories = [absolutePath(host.account.home, target)]
  }

  open(): ScpStep {
    return {replies: [ACK], exit: null}
  }

  feed(bytes: Buffer): ScpStep {
    const replies: Buffer[] = []
    for (let at = 0; at < bytes.length; ) {
      if (this.#incoming !== null && this.#incoming.left > 0) at += this.#body(bytes.subarray(at))
      else if (this.#awaitNul) {
        at++
        replies.push(this.#finish())
      } else {
        const character = String.fromCharCode(bytes[at++] ?? 0)
        if (character !== '\n') this.#header += character
        if (this.#header.length > HEADER_LIMIT) return this.#fatal(replies, 'protocol error: line too long')
        if (character !== '\n') continue
        const header = this.#header
        this.#header = ''
        const reply = this.#command(header)
        if (reply === null) return this.#fatal(replies, 'protocol error: unexpected <newline>')
        replies.push(reply)
      }
    }
    return {replies, exit: null}
  }

  end(): ScpStep {
    if (this.#incoming !== null) this.#finish()
    return {replies: [], exit: this.#incoming === null ? this.#status : 1}
  }

  #fatal(replies: readonly Buffer[], message: string): ScpStep {
    return {replies: [...replies, fault(2, message)], exit: 1}
  }

  /** Null: not of this protocol. */
  #command(header: string): Buffer | null {
    const [, kind, mode = '644', size = '0', name = ''] = /^([CD])([0-7]{3,5}) (\d{1,16}) ([\s\S]*)$/.exec(header) ?? []
    if (kind !== undefined) {
      if (name === '' || name === '.' || name === '..' || name.includes('/'))
        return fault(1, 'error: unexpected filename: ')
      if (++this.#files > MAX_FILES) return null
      return kind === 'C' ? this.#file(name, Number.parseInt(mode, 8), Number(size)) : this.#directory(name)
    }
    if (header === 'E') {
      if (this.#directories.length > 1) this.#directories.pop()
      return ACK
    }
    return /^T\d{1,12} \d{1,9} \d{1,12} \d{1,9}$/.test(header) ? ACK : null
  }

  #directory(name: string): Buffer {
    const path = this.#place(name)
    if (this.#directories.length > MAX_DEPTH) return fault(1, `${path}: File name too long`)
    const {machine, account} = this.#host
    try {
      if (!machine.files.exists(path, account)) machine.files.mkdir(path, account)
      this.#directories.push(path)
      return ACK
    } catch (error) {
      return this.#refused(path, error)
    }
  }

  #file(name: string, mode: number, size: number): Buffer {
    const path = this.#place(name)
    const {machine, account, limits} = this.#host
    try {
      machine.files.write(path, Buffer.alloc(0), account, {mode: mode & 0o777})
    } catch (error) {
      return this.#refused(path, error)
    }
    const upload = size > limits.uploadBytes ? null : beginUpload(this.#host)
    if (upload === null) return this.#refused(path, new FsError('ENOSPC'))
    this.#incoming = {path, mode: mode & 0o777, upload, left: size}
    this.#awaitNul = true
    return ACK
  }

  #place(name: string): string {
    const current = this.#directories.at(-1) ?? '/'
    const {machine, account} = this.#host
    try {
      if (machine.files.node(current, account).kind !== 'directory') return current
      return `${current === '/' ? '' : current}/${name}`
    } catch {
      return current
    }
  }

  #refused(path: string, error: unknown): Buffer {
    this.#status = 1
    return fault(1, `${path}: ${error instanceof FsError ? error.message : 'Input/output error'}`)
  }

  #body(bytes: Buffer): number {
    const incoming = this.#incoming
    if (incoming === null) return bytes.length
    const chunk = bytes.subarray(0, incoming.left)
    incoming.upload?.append(chunk)
    incoming.left -= chunk.length
    return chunk.length
  }

  #finish(): Buffer {
    const incoming = this.#incoming
    this.#incoming = null
    this.#awaitNul = false
    if (incoming === null || incoming.upload === null) return ACK
    if (endUpload(this.#host, incoming.path, incoming.upload, incoming.mode)) return ACK
    return this.#refused(incoming.path, new FsError('ENOSPC'))
  }
}

/**
 * `scp -f source`: everything is known at once, and each part waits for the client's NUL. Links are followed, hence a few
 * that lead back would make an endless tree of a small one: there are so many parts and no more, and contents are not
 * copied.
 */
export class ScpSource implements ScpReceiver {
  readonly #parts: Part[] = []
  readonly #status: number

  constructor(host: TransferHost, paths: readonly string[], recursive: boolean) {
    let status = 0
    for (const path of paths)
      status = Math.max(status, this.#add(host, absolutePath(host.account.home, path), path, recursive, 0))
    this.#status = status
  }

  open(): ScpStep {
    return {replies: [], exit: null}
  }

  feed(bytes: Buffer): ScpStep {
    const replies: Buffer[] = []
    for (const byte of bytes) {
      if (byte !== 0) return {replies, exit: 1}
      let part = this.#parts.shift()
      // A message about a file that is skipped is not answered: what follows it goes out at once.
      for (; part !== undefined && isFault(part); part = this.#parts.shift()) replies.push(...part)
      if (part === undefined) return {replies, exit: this.#status}
      replies.push(...part)
    }
    return {replies, exit: null}
  }

  end(): ScpStep {
    return {replies: [], exit: this.#status}
  }

  #add(host: TransferHost, path: string, shown: string, recursive: boolean, depth: number): number {
    const {files} = host.machine
    if (this.#parts.length >= MAX_PARTS) return 1
    try {
      const node = files.node(path, host.account)
      const name = baseName(path) === '' ? '/' : baseName(path)
      const mode = (node.mode & 0o777).toString(8).padStart(4, '0')
      if (node.kind !== 'directory') {
        const data = files.read(path, host.account)
        host.fileRead(path)
        this.#parts.push([Buffer.from(`C${mode} ${data.length} ${name}\n`, 'latin1')], [data, ACK])
        return 0
      }
      if (!recursive || depth > MAX_DEPTH) {
        this.#parts.push([fault(1, `${shown}: not a regular file`)])
        return 1
      }
      this.#parts.push([Buffer.from(`D${mode} 0 ${name}\n`, 'latin1')])
      const statuses = files
        .list(path, host.account)
        .map(([child]) => this.#add(host, `${path}/${child}`, `${shown}/${child}`, true, depth + 1))
      this.#parts.push([Buffer.from('E\n', 'latin1')])
      return Math.max(0, ...statuses)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      this.#parts.push([fault(1, `${shown}: ${error.message}`)])
      return 1
    }
  }
}
