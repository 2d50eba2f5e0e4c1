/** Computation of NTLM responses from a password (MS-NLMP §3.3). */
import {createHash, createHmac, timingSafeEqual} from 'node:crypto'

import type {AuthenticateMessage} from './authenticate.ts'
import {des, desl} from './des.ts'
import {md4} from './md4.ts'

export const hmacMd5 = (key: Buffer, ...parts: readonly Buffer[]): Buffer =>
  createHmac('md5', key).update(Buffer.concat(parts)).digest()

export const md5 = (...parts: readonly Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest()

/** NTOWFv1: the NT hash. */
export const ntHash = (password: string): Buffer => md4(Buffer.from(password, 'utf16le'))

const LM_MAGIC = Buffer.from('KGS!@#$%', 'latin1')
const LM_LENGTH = 14

/** LMOWFv1: the LM hash, of the first 14 characters in capitals. */
export function lmHash(password: string): Buffer {
  const padded = Buffer.alloc(LM_LENGTH)
  padded.write(password.toUpperCase(), 'latin1')
  return Buffer.concat([des(padded.subarray(0, 7), LM_MAGIC), des(padded.subarray(7), LM_MAGIC)])
}

/** NTOWFv2: the user's name counts in capitals, the domain's as it was written. */
export const ntHashV2 = (password: string, user: string, domain: string): Buffer =>
  hmacMd5(ntHash(password), Buffer.from(user.toUpperCase() + domain, 'utf16le'))

export const ntlmV1 = (hash: Buffer, serverChallenge: Buffer): Buffer => desl(hash, serverChallenge)

export const ntlmV1Extended = (hash: Buffer, serverChallenge: Buffer, clientChallenge: Buffer): Buffer =>
  desl(hash, md5(serverChallenge, clientChallenge).subarray(0, 8))

/** NTProofStr. */
export const ntProof = (hashV2: Buffer, serverChallenge: Buffer, blob: Buffer): Buffer =>
  hmacMd5(hashV2, serverChallenge, blob)

export const lmV2 = (hashV2: Buffer, serverChallenge: Buffer, clientChallenge: Buffer): Buffer =>
  Buffer.concat([hmacMd5(hashV2, serverChallenge, clientChallenge), clientChallenge])

type Claim = Pick<AuthenticateMessage, 'user' | 'domain' | 'response'>

/**
 * The session base key (§3.3) where the response was made from this password, else `null`. LM alone is refused, as
 * Windows does since Vista.
 */
export function verifyResponse(claim: Claim, serverChallenge: Buffer, password: string): Buffer | null {
  const {response} = claim
  switch (response.kind) {
    case 'ntlmv1':
      return v1Key(ntlmV1(ntHash(password), serverChallenge), response.nt, password)
    case 'ntlmv1-ess':
      return v1Key(ntlmV1Extended(ntHash(password), serverChallenge, response.clientChallenge), response.nt, password)
    case 'ntlmv2': {
      const hash = ntHashV2(password, claim.user, claim.domain)
      const proof = ntProof(hash, serverChallenge, response.blob)
      return timingSafeEqual(proof, response.proof) ? hmacMd5(hash, proof) : null
    }
    default:
      return null
  }
}

function v1Key(expected: Buffer, given: Buffer, password: string): Buffer | null {
  return timingSafeEqual(expected, given) ? md4(ntHash(password)) : null
}
