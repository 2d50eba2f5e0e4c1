/** sntrup761x25519-sha512, by either of its names: turns the library's X25519 exchange into the hybrid one. */
import {createHash} from 'node:crypto'

import {CIPHERTEXT_BYTES, encapsulate, PUBLIC_KEY_BYTES} from './sntrup761.ts'
import type {KeyExchange} from './ssh2-internals.ts'

export const HYBRID_NAMES: ReadonlySet<string> = new Set([
  'sntrup761x25519-sha512',
  'sntrup761x25519-sha512@openssh.com',
])
/** The exchange that the library is told of instead. */
export const HYBRID_STAND_IN = 'curve25519-sha256'

const X25519_BYTES = 32

export function makeHybrid(exchange: KeyExchange, name: string, random: (size: number) => Buffer): void {
  const publicX25519 = exchange.getPublicKey.bind(exchange)
  const secretX25519 = exchange.computeSecret.bind(exchange)
  let reply = Buffer.alloc(CIPHERTEXT_BYTES)
  exchange.hashName = 'sha512'
  exchange.negotiated.kex = name
  exchange.convertPublicKey = (key) => key
  exchange.computeSecret = (peer) => {
    if (peer.length !== PUBLIC_KEY_BYTES + X25519_BYTES) return new RangeError('wrong length of the hybrid public key')
    const classic = secretX25519(peer.subarray(PUBLIC_KEY_BYTES))
    if (classic instanceof Error) return classic
    const {ciphertext, secret} = encapsulate(peer.subarray(0, PUBLIC_KEY_BYTES), random)
    reply = Buffer.concat([ciphertext, publicX25519()])
    return createHash('sha512').update(secret).update(unsigned(classic)).digest()
  }
  exchange.getPublicKey = () => reply
}

/** Undoes the library's conversion to a multiple-precision integer. */
function unsigned(integer: Buffer): Buffer {
  const padded = Buffer.concat([Buffer.alloc(X25519_BYTES), integer])
  return padded.subarray(padded.length - X25519_BYTES)
}
