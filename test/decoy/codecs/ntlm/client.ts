/** An NTLM client: the messages that the codec only reads. */

import type {NtlmResponse} from '../../../../src/decoy/codecs/ntlm/authenticate.ts'
import {AV, encodeAvPairs} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {FLAG, has} from '../../../../src/decoy/codecs/ntlm/flags.ts'
import {md4} from '../../../../src/decoy/codecs/ntlm/md4.ts'
import {SIGNATURE, writeVersion} from '../../../../src/decoy/codecs/ntlm/message.ts'
import {rc4} from '../../../../src/decoy/codecs/ntlm/rc4.ts'
import {
  hmacMd5,
  lmHash,
  lmV2,
  md5,
  ntHash,
  ntHashV2,
  ntlmV1,
  ntlmV1Extended,
  ntProof,
} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {keyExchangeKey} from '../../../../src/decoy/codecs/ntlm/session-keys.ts'

export const WINDOWS_CLIENT_FLAGS = 0xe208_8297
const CLIENT_VERSION = {major: 10, minor: 0, build: 19045}

export interface ClientIdentity {
  readonly user: string
  readonly domain: string
  readonly workstation: string
  readonly password: string
}

export function negotiateMessage(flags = WINDOWS_CLIENT_FLAGS, names?: {domain: string; workstation: string}): Buffer {
  const header = Buffer.alloc(40)
  SIGNATURE.copy(header)
  header.writeUInt32LE(1, 8)
  header.writeUInt32LE(flags, 12)
  const payload: Buffer[] = []
  if (names !== undefined) {
    field(header, 16, 40, Buffer.from(names.domain, 'latin1'), payload)
    field(header, 24, 40, Buffer.from(names.workstation, 'latin1'), payload)
  }
  writeVersion(CLIENT_VERSION).copy(header, 32)
  return Buffer.concat([header, ...payload])
}

export interface Response {
  readonly lm: Buffer
  readonly nt: Buffer
  readonly base: Buffer
}

/** `temp` of MS-NLMP §3.3.2. */
export function clientBlob(timestamp: Buffer, clientChallenge: Buffer, pairs: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    timestamp,
    clientChallenge,
    Buffer.alloc(4),
    pairs,
    Buffer.alloc(4),
  ])
}

export function responseV2(
  identity: ClientIdentity,
  serverChallenge: Buffer,
  clientChallenge: Buffer,
  blob: Buffer,
): Response {
  const hash = ntHashV2(identity.password, identity.user, identity.domain)
  const proof = ntProof(hash, serverChallenge, blob)
  return {
    lm: lmV2(hash, serverChallenge, clientChallenge),
    nt: Buffer.concat([proof, blob]),
    base: hmacMd5(hash, proof),
  }
}

export function responseV1(password: string, serverChallenge: Buffer): Response {
  const hash = ntHash(password)
  return {lm: ntlmV1(lmHash(password), serverChallenge), nt: ntlmV1(hash, serverChallenge), base: md4(hash)}
}

export function responseV1Extended(password: string, serverChallenge: Buffer, clientChallenge: Buffer): Response {
  const hash = ntHash(password)
  const nt = ntlmV1Extended(hash, serverChallenge, clientChallenge)
  return {lm: Buffer.concat([clientChallenge, Buffer.alloc(16)]), nt, base: md4(hash)}
}

export interface AuthenticateParts {
  readonly flags: number
  readonly lm: Buffer
  readonly nt: Buffer
  readonly sessionKey: Buffer
  /** 52, 64, 72 or 88: what clients of different ages write before the fields. */
  readonly headerSize: number
}

export function authenticateMessage(identity: ClientIdentity, parts: AuthenticateParts): Buffer {
  const text = (value: string) => Buffer.from(value, has(parts.flags, FLAG.UNICODE) ? 'utf16le' : 'latin1')
  const header = Buffer.alloc(parts.headerSize)
  const payload: Buffer[] = []
  const place = (at: number, value: Buffer) => field(header, at, parts.headerSize, value, payload)
  SIGNATURE.copy(header)
  header.writeUInt32LE(3, 8)
  place(28, text(identity.domain))
  place(36, text(identity.user))
  place(44, text(identity.workstation))
  place(12, parts.lm)
  place(20, parts.nt)
  if (parts.headerSize >= 64) {
    place(52, parts.sessionKey)
    header.writeUInt32LE(parts.flags, 60)
  }
  if (parts.headerSize >= 72) writeVersion(CLIENT_VERSION).copy(header, 64)
  return Buffer.concat([header, ...payload])
}

/** What Windows 10 answers to a challenge: NTLMv2, a random session key, a MIC. */
export function windowsAnswer(
  identity: ClientIdentity,
  negotiate: Buffer,
  challenge: Buffer,
  random: {clientChallenge: Buffer; sessionKey: Buffer},
): {authenticate: Buffer; exported: Buffer} {
  const {serverChallenge, targetInfo, flags} = parseChallenge(challenge)
  const timestamp = targetInfo.get(AV.TIMESTAMP) ?? Buffer.alloc(8)
  const target = [AV.TARGET_NAME, Buffer.from('cifs/files', 'utf16le')] as const
  const pairs = encodeAvPairs([...targetInfo, [AV.FLAGS, Buffer.from([2, 0, 0, 0])], target])
  const blob = clientBlob(timestamp, random.clientChallenge, pairs)
  const {nt, base} = responseV2(identity, serverChallenge, random.clientChallenge, blob)
  const response = {kind: 'anonymous'} satisfies NtlmResponse
  const exchange = keyExchangeKey({flags, response}, serverChallenge, base, identity.password)
  const exported = has(flags, FLAG.KEY_EXCHANGE) ? random.sessionKey : exchange
  const sessionKey = has(flags, FLAG.KEY_EXCHANGE) ? rc4(exchange, exported) : Buffer.alloc(0)
  const authenticate = authenticateMessage(identity, {flags, lm: Buffer.alloc(24), nt, sessionKey, headerSize: 88})
  // The MIC's own place is still zero here.
  hmacMd5(exported, negotiate, challenge, authenticate).copy(authenticate, 72)
  return {authenticate, exported}
}

export const fakeRandom = (label: string, size: number): Buffer => md5(Buffer.from(label)).subarray(0, size)

function field(header: Buffer, at: number, base: number, value: Buffer, payload: Buffer[]): void {
  const offset = base + payload.reduce((sum, {length}) => sum + length, 0)
  header.writeUInt16LE(value.length, at)
  header.writeUInt16LE(value.length, at + 2)
  header.writeUInt32LE(offset, at + 4)
  payload.push(value)
}
