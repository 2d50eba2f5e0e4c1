/** RESP2 and RESP3 replies (redis.io/docs/reference/protocol-spec). */

/** A reply as a command builds it, without regard to the protocol version. */
export type Reply =
  | {readonly type: 'simple' | 'error'; readonly text: string}
  | {readonly type: 'integer'; readonly value: number | bigint}
  | {readonly type: 'bulk'; readonly bytes: Buffer}
  /** Text with a format: RESP3 says `txt`, RESP2 sends a plain bulk. */
  | {readonly type: 'verbatim'; readonly bytes: Buffer}
  | {readonly type: 'null'}
  /** Where RESP2 has a null array instead of a null bulk. */
  | {readonly type: 'null-array'}
  | {readonly type: 'double'; readonly value: number}
  | {readonly type: 'array' | 'set' | 'push'; readonly items: readonly Reply[]}
  | {readonly type: 'map'; readonly entries: readonly (readonly [Reply, Reply])[]}
  /** Several replies to one request. */
  | {readonly type: 'many'; readonly items: readonly Reply[]}
  | {readonly type: 'nothing'}

export type Resp = 2 | 3

export const OK: Reply = {type: 'simple', text: 'OK'}
export const NULL: Reply = {type: 'null'}
export const NOTHING: Reply = {type: 'nothing'}
export const simple = (text: string): Reply => ({type: 'simple', text})
export const error = (text: string): Reply => ({type: 'error', text})
export const integer = (value: number | bigint): Reply => ({type: 'integer', value})
export const bulk = (value: Buffer | string): Reply => ({type: 'bulk', bytes: buffer(value)})
export const verbatim = (text: string): Reply => ({type: 'verbatim', bytes: buffer(text)})
export const array = (items: readonly Reply[]): Reply => ({type: 'array', items})
export const set = (items: readonly Reply[]): Reply => ({type: 'set', items})
export const map = (entries: readonly (readonly [Reply, Reply])[]): Reply => ({type: 'map', entries})

function buffer(value: Buffer | string): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'latin1') : value
}

/** The bytes of a reply, in pieces. */
export function encode(reply: Reply, resp: Resp): Buffer {
  const pieces: Buffer[] = []
  append(pieces, reply, resp)
  return Buffer.concat(pieces)
}

function append(pieces: Buffer[], reply: Reply, resp: Resp): void {
  const line = (text: string) => pieces.push(buffer(`${text}\r\n`))
  switch (reply.type) {
    case 'simple':
      line(`+${reply.text}`)
      break
    case 'error':
      // The server never lets a line end of the client's into an error.
      line(`-${reply.text.replace(/[\r\n]/g, ' ')}`)
      break
    case 'integer':
      line(`:${reply.value}`)
      break
    case 'bulk':
      pieces.push(buffer(`$${reply.bytes.length}\r\n`), reply.bytes, buffer('\r\n'))
      break
    case 'verbatim':
      if (resp === 2) append(pieces, bulk(reply.bytes), resp)
      else pieces.push(buffer(`=${reply.bytes.length + 4}\r\ntxt:`), reply.bytes, buffer('\r\n'))
      break
    case 'null':
      line(resp === 2 ? '$-1' : '_')
      break
    case 'null-array':
      line(resp === 2 ? '*-1' : '_')
      break
    case 'double':
      if (resp === 2) append(pieces, bulk(String(reply.value)), resp)
      else line(`,${reply.value}`)
      break
    case 'nothing':
      break
    default:
      appendAggregate(pieces, reply, resp)
  }
}

type Aggregate = Extract<Reply, {readonly items: readonly Reply[]} | {readonly type: 'map'}>

const RESP3_MARKS = {array: '*', set: '~', push: '>'} as const

function appendAggregate(pieces: Buffer[], reply: Aggregate, resp: Resp): void {
  const items = reply.type === 'map' ? reply.entries.flat() : reply.items
  if (reply.type === 'map') pieces.push(buffer(resp === 2 ? `*${items.length}\r\n` : `%${reply.entries.length}\r\n`))
  else if (reply.type !== 'many')
    pieces.push(buffer(`${resp === 2 ? '*' : RESP3_MARKS[reply.type]}${items.length}\r\n`))
  for (const item of items) append(pieces, item, resp)
}
