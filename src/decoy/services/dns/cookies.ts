/**
 * Cookies by which a server knows that an address is not forged (RFC 7873, RFC 9018):
 *
 *   COOKIE = client:8OCTET [server:16OCTET]
 *   server = version:u8 (1) reserved:3OCTET time:u32 hash:8OCTET
 *
 * The hash is the server's own affair; nobody else can check it.
 */
import {createHmac, timingSafeEqual} from 'node:crypto'

import {EDNS_OPTION} from '../../codecs/dns/constants.ts'
import type {Edns} from '../../codecs/dns/message.ts'
import type {Connection} from '../../service.ts'

const CLIENT_SIZE = 8
const SERVER_SIZES = {min: 8, max: 32}
const VERSION = 1
const HASH_SIZE = 8
/** How long one holds, and how far ahead a clock may be (RFC 9018 §4.3). */
const MAX_AGE_S = 3600
const MAX_AHEAD_S = 300

export interface Cookie {
  /** What goes back: the client's and a fresh one of ours. */
  readonly reply: Buffer
  /** The client had one of ours. */
  readonly ours: boolean
}

/** Null: the client sent none, or one of a size that there is not. */
export function cookieFor(
  edns: Edns | null,
  key: Buffer,
  {now, peer}: Pick<Connection, 'now' | 'peer'>,
): Cookie | null {
  const sent = edns?.options.find(({code}) => code === EDNS_OPTION.COOKIE)?.data
  if (sent === undefined || !isSized(sent)) return null
  const client = sent.subarray(0, CLIENT_SIZE)
  const made = (time: number): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt8(VERSION, 0)
    head.writeUInt32BE(time, 4)
    const hash = createHmac('sha256', key).update(client).update(head).update(peer.ip).digest()
    return Buffer.concat([head, hash.subarray(0, HASH_SIZE)])
  }
  const seconds = Math.floor(now() / 1000)
  const server = sent.subarray(CLIENT_SIZE)
  const ours =
    server.length === 16 && isFresh(server.readUInt32BE(4), seconds) && same(server, made(server.readUInt32BE(4)))
  return {reply: Buffer.concat([client, made(seconds)]), ours}
}

export function hasBrokenCookie({options}: Edns): boolean {
  return options.some(({code, data}) => code === EDNS_OPTION.COOKIE && !isSized(data))
}

function isSized({length}: Buffer): boolean {
  const server = length - CLIENT_SIZE
  return server === 0 || (server >= SERVER_SIZES.min && server <= SERVER_SIZES.max)
}

const isFresh = (time: number, now: number): boolean => time <= now + MAX_AHEAD_S && time >= now - MAX_AGE_S
const same = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other)
