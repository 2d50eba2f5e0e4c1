/**
 * hostkeys-00@openssh.com and hostkeys-prove-00@openssh.com (OpenSSH's PROTOCOL, section 2.5): after the login sshd
 * tells the client all its host keys, and proves on demand that it holds them.
 *
 *   byte 80, string "hostkeys-00@openssh.com", boolean false, string[] keys
 */
import type {HostKey} from '../host-keys.ts'
import {byte, string, WireReader} from '../wire.ts'
import {MESSAGE} from './messages.ts'

const ANNOUNCE = 'hostkeys-00@openssh.com'
const PROVE = 'hostkeys-prove-00@openssh.com'
const REQUEST_SUCCESS = 81
const REQUEST_FAILURE = 82
const MAX_KEYS = 16

export function hostKeysMessage(keys: readonly HostKey[]): Buffer {
  const blobs = keys.map(({blob}) => string(blob))
  return Buffer.concat([byte(MESSAGE.globalRequest), string(ANNOUNCE), byte(0), ...blobs])
}

/** The answer to a demand for proofs; null for any other message. Throws WireError. */
export function proofMessage(payload: Buffer, keys: readonly HostKey[], sessionId: Buffer): Buffer | null {
  if (payload[0] !== MESSAGE.globalRequest) return null
  const reader = new WireReader(payload, 1)
  if (reader.text() !== PROVE) return null
  reader.boolean()
  const signatures: Buffer[] = []
  while (reader.rest.length > 0) {
    const blob = reader.string()
    const key = keys.find((candidate) => candidate.blob.equals(blob))
    if (key === undefined || signatures.length >= MAX_KEYS) return byte(REQUEST_FAILURE)
    signatures.push(string(key.sign(Buffer.concat([string(PROVE), string(sessionId), string(blob)]))))
  }
  return signatures.length === 0 ? byte(REQUEST_FAILURE) : Buffer.concat([byte(REQUEST_SUCCESS), ...signatures])
}
