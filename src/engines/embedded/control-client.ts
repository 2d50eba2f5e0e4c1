/** Requests to the process over its control socket. */
import {connect, type Socket} from 'node:net'

import {
  type OperationName,
  type Operations,
  PROTOCOL_VERSION,
  type Refusal,
  type Reply,
} from '../../decoy/embedded/protocol.ts'
import {type SocketPath, socketPath} from '../../decoy/embedded/socket-path.ts'

/** Bytes of a reply: 65,000 deckies with everything they were told. */
const MAX_REPLY = 256 * 1024 * 1024

/**
 * `gone`: nobody listens. `refused`: it answered no. `lost`: it may have been done. A signal's end is the signal's
 * reason instead.
 */
export class ControlFailure extends Error {
  readonly kind: 'gone' | 'refused' | 'lost'
  readonly refusal: Refusal | null

  constructor(kind: 'gone' | 'refused' | 'lost', message: string, options: {refusal?: Refusal; cause?: unknown} = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'ControlFailure'
    this.kind = kind
    this.refusal = options.refusal ?? null
  }
}

/** One request. Rejects with a ControlFailure, the system's error where the socket may not be used, or the signal's reason. */
export async function call<K extends OperationName>(
  directory: string,
  op: K,
  given: Operations[K]['given'],
  signal: AbortSignal,
): Promise<Operations[K]['reply']> {
  signal.throwIfAborted()
  const text = await converse(openPath(directory), JSON.stringify({v: PROTOCOL_VERSION, op, ...given}), signal)
  const reply = parseReply<K>(text)
  if (reply.ok) return reply.result
  throw new ControlFailure('refused', reply.refusal.code, {refusal: reply.refusal})
}

/** The directory itself may not be there yet. */
function openPath(directory: string): SocketPath {
  try {
    return socketPath(directory)
  } catch (error) {
    throw isGone(error) ? new ControlFailure('gone', 'there is no process', {cause: error}) : error
  }
}

function converse({path, release}: SocketPath, request: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const socket: Socket = connect(path)
    const settle = (done: () => void): void => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
      done()
    }
    const abort = (): void => settle(() => reject(signal.reason))
    signal.addEventListener('abort', abort)
    socket.once('close', release)
    socket.once('connect', () => socket.write(`${request}\n`))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_REPLY) socket.destroy(new Error(`more than ${MAX_REPLY} bytes`))
    })
    socket.once('end', () => settle(() => resolve(Buffer.concat(chunks).toString('utf8'))))
    socket.on('error', (error) => settle(() => reject(connectionError(error))))
  })
}

function parseReply<K extends OperationName>(text: string): Reply<K> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'v' in value && value.v === PROTOCOL_VERSION) {
      return value as Reply<K>
    }
  } catch {
    // Cut off by the end of the process.
  }
  throw new ControlFailure('lost', 'the process ended before it answered')
}

function connectionError(error: Error): Error {
  if (isGone(error)) return new ControlFailure('gone', 'there is no process', {cause: error})
  if ('code' in error && error.code === 'EACCES') return error
  return new ControlFailure('lost', error.message, {cause: error})
}

/** No socket, no directory, or a socket that a dead process left behind. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ECONNREFUSED'].includes(String(error.code))
}
