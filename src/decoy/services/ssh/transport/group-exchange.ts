/**
 * Diffie-Hellman group exchange (RFC 4419), of which the library implements only the client: OpenSSH announces it, so
 * it has to work. The groups are those of RFC 3526, which sshd uses as well when it finds no moduli file.
 */
import {createDiffieHellmanGroup} from 'node:crypto'

import {byte, mpint, WireReader} from '../wire.ts'
import {MESSAGE} from './messages.ts'
import {type KeyExchange, type Ssh2Protocol, sendDuringExchange} from './ssh2-internals.ts'

const MIN_BITS = 2048
const MAX_BITS = 8192
const GENERATOR = Buffer.from([2])
const GROUPS = [
  {bits: 2048, name: 'modp14'},
  {bits: 3072, name: 'modp15'},
  {bits: 4096, name: 'modp16'},
  {bits: 6144, name: 'modp17'},
  {bits: 8192, name: 'modp18'},
] as const

/** @param largest bits of the largest group that is given out. */
export function serveGroupExchange(exchange: KeyExchange, protocol: Ssh2Protocol, largest = MAX_BITS): void {
  exchange.parse = (payload) => {
    if (payload[0] === MESSAGE.gexRequest && exchange._step === 1)
      return sendGroup(exchange, protocol, payload, largest)
    if (payload[0] === MESSAGE.gexInit && exchange._step === 2) return finish(exchange, protocol, payload)
    throw new RangeError('unexpected message in the group exchange')
  }
}

function sendGroup(exchange: KeyExchange, protocol: Ssh2Protocol, payload: Buffer, largest: number): undefined {
  const reader = new WireReader(payload, 1)
  const [min, preferred, max] = [reader.uint32(), reader.uint32(), reader.uint32()]
  if (max < min || preferred < min || max < preferred || max < MIN_BITS || min > MAX_BITS) {
    throw new RangeError('group size out of range')
  }
  exchange._minBits = min
  exchange._prefBits = preferred
  exchange._maxBits = max
  const most = Math.min(max, largest)
  const group = GROUPS.find(({bits}) => bits >= preferred && bits <= most) ?? GROUPS.findLast(({bits}) => bits <= most)
  const secret = createDiffieHellmanGroup((group ?? GROUPS[0]).name)
  const prime = secret.getPrime()
  // The library would hand the prime to OpenSSL as an unknown one, whose check blocks for 25 s at 8192 bits.
  exchange.generateKeys = () => {
    if (exchange._dh !== null) return
    exchange._dh = secret
    exchange._public = secret.generateKeys()
  }
  exchange._step = 2
  sendDuringExchange(protocol, Buffer.concat([byte(MESSAGE.gexGroup), mpint(prime), mpint(GENERATOR)]))
}

/** From here on the ordinary exchange does it, except that its reply has another number. */
function finish(exchange: KeyExchange, protocol: Ssh2Protocol, payload: Buffer): unknown {
  const ordinary = ordinaryParse(exchange)
  const cipher = protocol._cipher
  const encrypt = cipher.encrypt
  const typeOffset = protocol._packetRW.write.allocStartKEX
  cipher.encrypt = (packet) => {
    if (packet[typeOffset] === MESSAGE.kexDhReply) packet.writeUInt8(MESSAGE.gexReply, typeOffset)
    encrypt.call(cipher, packet)
  }
  exchange._step = 1
  exchange.parse = (next) => ordinary.call(exchange, next)
  const init = Buffer.concat([byte(MESSAGE.kexDhInit), payload.subarray(1)])
  try {
    return ordinary.call(exchange, init)
  } finally {
    cipher.encrypt = encrypt
  }
}

/** The `parse` of the class that the library's group exchange extends. */
function ordinaryParse(exchange: KeyExchange): KeyExchange['parse'] {
  const base = Object.getPrototypeOf(Object.getPrototypeOf(exchange)) as KeyExchange
  return base.parse
}
