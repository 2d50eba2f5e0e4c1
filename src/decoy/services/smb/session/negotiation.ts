/** What client and server agree on (MS-SMB2 §3.3.5.3, §3.3.5.4). */
import {encodeFileTime} from '../../../codecs/ntlm/file-time.ts'
import {buildInit, WINDOWS_HINT} from '../../../codecs/spnego/negotiation.ts'
import {negotiateEvent} from '../evidence.ts'
import type {SmbHost} from '../host.ts'
import {EMPTY_TRANSCRIPT, extended} from '../security/keys.ts'
import {CAPABILITY, CONTEXT, DIALECT, SECURITY_MODE, SHA_512, SIGNING, STATUS} from '../wire/constants.ts'
import {
  choiceContext,
  encodeNegotiateReply,
  type NegotiateContexts,
  type NegotiateRequest,
  parseNegotiate,
  preauthContext,
} from '../wire/negotiate.ts'
import {answer, type Call, fail, type Reply, type Shared} from './call.ts'

export interface Negotiated {
  readonly dialect: number
  readonly capabilities: number
  readonly securityMode: number
  /** What the client said, which a later request may ask to confirm. */
  readonly client: {
    readonly dialects: readonly number[]
    readonly guid: Buffer
    readonly capabilities: number
    readonly securityMode: number
  } | null
  /** Null: nothing is encrypted. */
  readonly cipher: number | null
  readonly signing: number
  /** The preauthentication integrity hash after the negotiation; of 3.1.1. */
  transcript: Buffer
}

const SMALL_TRANSACT = 65_536
const LARGE_TRANSACT = 8 * 1024 * 1024
const SALT_SIZE = 32
const KNOWN: readonly number[] = [
  DIALECT.SMB_3_1_1,
  DIALECT.SMB_3_0_2,
  DIALECT.SMB_3_0,
  DIALECT.SMB_2_1,
  DIALECT.SMB_2_0_2,
]

export function negotiate(call: Call): Reply {
  const {shared} = call
  // Whoever negotiates twice is disconnected, unless the first time was the change over from SMB1.
  if (shared.negotiated !== null && shared.negotiated.dialect !== DIALECT.WILDCARD) {
    shared.disconnect()
    return fail(STATUS.INVALID_PARAMETER)
  }
  const request = parseNegotiate(call.message)
  const dialect = KNOWN.find((each) => each <= shared.host.maxDialect && request.dialects.includes(each)) ?? null
  shared.report(negotiateEvent(request, dialect))
  if (dialect === null) return fail(STATUS.NOT_SUPPORTED)
  if (dialect === DIALECT.SMB_3_1_1) {
    const {hashes} = request.contexts
    if (hashes === null) return fail(STATUS.INVALID_PARAMETER)
    if (!hashes.includes(SHA_512)) return fail(STATUS.NO_PREAUTH_INTEGRITY_HASH_OVERLAP)
  }
  const negotiated = {...agree(shared.host, request, dialect), transcript: extended(EMPTY_TRANSCRIPT, call.message)}
  shared.negotiated = negotiated
  return answer(replyBody(shared, negotiated, contextsOf(shared, negotiated, request.contexts)))
}

function agree(host: SmbHost, request: NegotiateRequest, dialect: number): Negotiated {
  const {ciphers, signings} = request.contexts
  const cipher = host.ciphers.find((each) => ciphers?.includes(each)) ?? null
  const negotiatedSigning = host.signings.find((each) => signings?.includes(each))
  const {dialects, clientGuid: guid, capabilities, securityMode} = request
  const granted = grant(host, dialect, capabilities)
  const encrypts = (granted & CAPABILITY.ENCRYPTION) !== 0
  return {
    dialect,
    capabilities: granted,
    securityMode: modeOf(host),
    client: {dialects, guid, capabilities, securityMode},
    cipher: dialect === DIALECT.SMB_3_1_1 ? cipher : encrypts ? 1 : null,
    signing: negotiatedSigning ?? (dialect >= DIALECT.SMB_3_0 ? SIGNING.AES_CMAC : SIGNING.HMAC_SHA256),
    transcript: EMPTY_TRANSCRIPT,
  }
}

/** §3.3.5.4: what the dialect has, and of the newer ones what the client has too. */
function grant(host: SmbHost, dialect: number, asked: number): number {
  if (dialect === DIALECT.SMB_2_0_2) return CAPABILITY.DFS
  const base = CAPABILITY.DFS | CAPABILITY.LEASING | CAPABILITY.LARGE_MTU
  if (dialect < DIALECT.SMB_3_0 || dialect === DIALECT.WILDCARD) return base
  const directory = host.product === 'windows' ? CAPABILITY.DIRECTORY_LEASING : 0
  const channels = host.product === 'windows' || host.signings.length > 0 ? CAPABILITY.MULTI_CHANNEL : 0
  const encryption = dialect === DIALECT.SMB_3_1_1 ? 0 : CAPABILITY.ENCRYPTION
  return base | (asked & (directory | channels | encryption))
}

const modeOf = ({requiresSigning}: SmbHost): number =>
  SECURITY_MODE.SIGNING_ENABLED | (requiresSigning ? SECURITY_MODE.SIGNING_REQUIRED : 0)

type Contexts = readonly {readonly type: number; readonly data: Buffer}[]

function contextsOf(shared: Shared, {dialect, cipher, signing}: Negotiated, asked: NegotiateContexts): Contexts | null {
  if (dialect !== DIALECT.SMB_3_1_1) return null
  const contexts = [
    {type: CONTEXT.PREAUTH_INTEGRITY as number, data: preauthContext(shared.connection.random(SALT_SIZE))},
  ]
  if (asked.ciphers !== null) contexts.push({type: CONTEXT.ENCRYPTION, data: choiceContext(cipher ?? 0)})
  if (asked.signings !== null && shared.host.signings.length > 0) {
    contexts.push({type: CONTEXT.SIGNING, data: choiceContext(signing)})
  }
  return contexts
}

function replyBody(
  shared: Shared,
  {dialect, capabilities, securityMode}: Negotiated,
  contexts: Contexts | null,
): Buffer {
  const {host, connection} = shared
  return encodeNegotiateReply({
    securityMode,
    dialect,
    serverGuid: host.serverGuid,
    capabilities,
    maxTransact: dialect === DIALECT.SMB_2_0_2 ? SMALL_TRANSACT : LARGE_TRANSACT,
    systemTime: encodeFileTime(connection.now()).readBigUInt64LE(0),
    token: buildInit({mechanisms: host.mechanisms, hint: WINDOWS_HINT}),
    contexts,
  })
}

/** Null: none of these dialects of SMB1 leads to SMB2. */
export function changeOver(shared: Shared, dialects: readonly string[]): Reply | null {
  const {host} = shared
  const many = dialects.includes('SMB 2.???') && host.maxDialect > DIALECT.SMB_2_0_2
  if (!many && !dialects.includes('SMB 2.002')) return null
  const dialect = many ? DIALECT.WILDCARD : DIALECT.SMB_2_0_2
  const negotiated: Negotiated = {
    dialect,
    capabilities: grant(host, dialect, 0),
    securityMode: modeOf(host),
    client: null,
    cipher: null,
    signing: SIGNING.HMAC_SHA256,
    transcript: EMPTY_TRANSCRIPT,
  }
  shared.negotiated = negotiated
  return answer(replyBody(shared, negotiated, null))
}
