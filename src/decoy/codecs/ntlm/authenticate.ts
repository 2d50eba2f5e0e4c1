/** AUTHENTICATE_MESSAGE (MS-NLMP §2.2.1.3), the client's answer to the challenge. */
import {CodecError} from '../codec-error.ts'
import {AV, AV_FLAG_MIC, type AvPairs, decodeAvPairs} from './av-pairs.ts'
import {FLAG, has} from './flags.ts'
import {
  decodeText,
  fieldBytes,
  fieldPlace,
  MESSAGE_TYPE,
  type NtlmVersion,
  readVersion,
  requireMessage,
  VERSION_SIZE,
} from './message.ts'

/** How the client proved itself (§3.3). */
export type NtlmResponse =
  | {readonly kind: 'anonymous'}
  /** No response of the NT kind: clients older than Windows NT 4. */
  | {readonly kind: 'lm'; readonly lm: Buffer}
  | {readonly kind: 'ntlmv1'; readonly nt: Buffer; readonly lm: Buffer}
  /** NTLMv1 with extended session security ("NTLM2 session"): the client's challenge takes part. */
  | {readonly kind: 'ntlmv1-ess'; readonly nt: Buffer; readonly lm: Buffer; readonly clientChallenge: Buffer}
  | NtlmV2Response

export interface NtlmV2Response {
  readonly kind: 'ntlmv2'
  readonly proof: Buffer
  /** NTLMv2_CLIENT_CHALLENGE (§2.2.2.7), over which the proof was computed. */
  readonly blob: Buffer
  readonly lm: Buffer
  /** FILETIME of the client. */
  readonly timestamp: Buffer
  readonly clientChallenge: Buffer
  /** `null` where the list in the blob is broken: the proof can be cracked all the same. */
  readonly pairs: AvPairs | null
}

export interface AuthenticateMessage {
  readonly flags: number
  readonly user: string
  readonly domain: string
  readonly workstation: string
  readonly response: NtlmResponse
  readonly encryptedSessionKey: Buffer
  readonly version: NtlmVersion | null
  /** The MIC, where the AV_PAIRs say that there is one. */
  readonly mic: Buffer | null
}

const LM_AT = 12
const NT_AT = 20
const DOMAIN_AT = 28
const USER_AT = 36
const WORKSTATION_AT = 44
const SESSION_KEY_AT = 52
const FLAGS_AT = 60
const VERSION_AT = 64
export const MIC_AT = 72
export const MIC_SIZE = 16
/** The header of the oldest clients ends before the session key. */
const LEAST_HEADER = 52
const V1_RESPONSE = 24
const CLIENT_CHALLENGE_SIZE = 8
const PROOF_SIZE = 16
const BLOB_HEADER = 28

/** `negotiated`: the flags of the challenge, which hold for clients too old to repeat them. */
export function parseAuthenticate(bytes: Buffer, negotiated: number): AuthenticateMessage {
  requireMessage(bytes, MESSAGE_TYPE.AUTHENTICATE, LEAST_HEADER)
  const header = headerSize(bytes)
  const flags = header >= VERSION_AT ? bytes.readUInt32LE(FLAGS_AT) : negotiated
  const field = (at: number) => fieldBytes(bytes, fieldPlace(bytes, at), LEAST_HEADER)
  const text = (at: number) => decodeText(field(at), has(flags, FLAG.UNICODE))
  const response = classify(field(LM_AT), field(NT_AT), flags)
  const versioned = has(flags, FLAG.VERSION) && header >= VERSION_AT + VERSION_SIZE
  return {
    flags,
    user: text(USER_AT),
    domain: text(DOMAIN_AT),
    workstation: text(WORKSTATION_AT),
    response,
    encryptedSessionKey: header >= FLAGS_AT ? field(SESSION_KEY_AT) : Buffer.alloc(0),
    version: versioned ? readVersion(bytes, VERSION_AT) : null,
    mic: header >= MIC_AT + MIC_SIZE && hasMic(response) ? bytes.subarray(MIC_AT, MIC_AT + MIC_SIZE) : null,
  }
}

/** The fixed part ends where the first octet of a field is; nothing else tells how long it is. */
function headerSize(bytes: Buffer): number {
  const start = (places: readonly number[], most: number): number => {
    const filled = places.map((at) => fieldPlace(bytes, at)).filter(({length}) => length > 0)
    return Math.min(most, ...filled.map(({offset}) => offset))
  }
  const size = start([LM_AT, NT_AT, DOMAIN_AT, USER_AT, WORKSTATION_AT], bytes.length)
  return size < FLAGS_AT ? size : start([SESSION_KEY_AT], size)
}

function classify(lm: Buffer, nt: Buffer, flags: number): NtlmResponse {
  // An anonymous client sends no response, or a single zero in the place of LM (§3.2.5.1.2).
  if (nt.length === 0) return lm.length <= 1 ? {kind: 'anonymous'} : {kind: 'lm', lm: sized(lm)}
  if (nt.length === V1_RESPONSE) return classifyV1(lm, nt, flags)
  if (nt.length < PROOF_SIZE + BLOB_HEADER) throw new CodecError(`an NT response of ${nt.length} octets`)
  const blob = nt.subarray(PROOF_SIZE)
  return {
    kind: 'ntlmv2',
    proof: nt.subarray(0, PROOF_SIZE),
    blob,
    lm,
    timestamp: blob.subarray(8, 16),
    clientChallenge: blob.subarray(16, 24),
    pairs: pairsOf(blob.subarray(BLOB_HEADER)),
  }
}

function classifyV1(lm: Buffer, nt: Buffer, flags: number): NtlmResponse {
  const extended = has(flags, FLAG.EXTENDED_SESSION_SECURITY) && lm.length === V1_RESPONSE
  if (!extended || lm.subarray(CLIENT_CHALLENGE_SIZE).some((octet) => octet !== 0)) return {kind: 'ntlmv1', nt, lm}
  return {kind: 'ntlmv1-ess', nt, lm, clientChallenge: lm.subarray(0, CLIENT_CHALLENGE_SIZE)}
}

function sized(lm: Buffer): Buffer {
  if (lm.length !== V1_RESPONSE) throw new CodecError(`an LM response of ${lm.length} octets`)
  return lm
}

function pairsOf(bytes: Buffer): AvPairs | null {
  try {
    return decodeAvPairs(bytes)
  } catch (error) {
    if (error instanceof CodecError) return null
    throw error
  }
}

function hasMic(response: NtlmResponse): boolean {
  const flags = response.kind === 'ntlmv2' ? response.pairs?.get(AV.FLAGS) : undefined
  return flags !== undefined && flags.length === 4 && has(flags.readUInt32LE(0), AV_FLAG_MIC)
}
