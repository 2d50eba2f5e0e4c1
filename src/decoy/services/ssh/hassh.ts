import {createHash} from 'node:crypto'

import {WireReader} from './wire.ts'

/** The lists of a KEXINIT (RFC 4253 section 7.1) that identify a client implementation. */
export interface ClientProposal {
  readonly kex: string
  readonly hostKeys: string
  readonly ciphers: string
  readonly macs: string
  readonly compressions: string
}

const COOKIE_BYTES = 16

/** Throws WireError when the message ends early. */
export function readProposal(payload: Buffer): ClientProposal {
  const reader = new WireReader(payload, 1 + COOKIE_BYTES)
  const lists = Array.from({length: 10}, () => reader.text())
  const list = (index: number): string => lists[index] ?? ''
  return {kex: list(0), hostKeys: list(1), ciphers: list(2), macs: list(4), compressions: list(6)}
}

/** HASSH: the MD5 of the client-to-server lists of key exchange, encryption, MAC and compression. */
export function hassh(proposal: ClientProposal): string {
  const text = [proposal.kex, proposal.ciphers, proposal.macs, proposal.compressions].join(';')
  return createHash('md5').update(text, 'latin1').digest('hex')
}
