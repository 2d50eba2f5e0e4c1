/** CHALLENGE_MESSAGE (MS-NLMP §2.2.1.2), the server's only one. */
import {CodecError} from '../codec-error.ts'
import {AV, type AvPairs, decodeAvPairs, encodeAvPairs} from './av-pairs.ts'
import {encodeFileTime} from './file-time.ts'
import {challengeFlags, FLAG, has} from './flags.ts'
import {
  decodeText,
  fieldBytes,
  fieldPlace,
  MESSAGE_TYPE,
  type NtlmVersion,
  readVersion,
  requireMessage,
  SIGNATURE,
  writeVersion,
} from './message.ts'

/** The names a machine goes by; where it is in no domain, `domain` is null and Windows puts its own names there. */
export interface TargetNames {
  readonly netbiosComputer: string
  readonly dnsComputer: string
  /** Outside of a domain: Samba's is that of its resolver and may be empty. Absent: the machine's own name, as Windows. */
  readonly dnsDomain?: string
  readonly domain: {readonly netbios: string; readonly dns: string; readonly forest: string} | null
}

export interface ChallengeOptions {
  readonly names: TargetNames
  readonly version: NtlmVersion
  /** 8 random octets, new for each connection. */
  readonly serverChallenge: Buffer
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface ChallengeMessage {
  readonly flags: number
  readonly serverChallenge: Buffer
  readonly targetName: string
  readonly targetInfo: AvPairs
  readonly version: NtlmVersion
}

const HEADER = 56
const TARGET_NAME_AT = 12
const FLAGS_AT = 20
const CHALLENGE_AT = 24
const TARGET_INFO_AT = 40
const VERSION_AT = 48
const CHALLENGE_SIZE = 8

/** Answers a NEGOTIATE with these flags. The order of fields and AV_PAIRs is that of Windows. */
export function buildChallenge(asked: number, options: ChallengeOptions): Buffer {
  const {names, serverChallenge} = options
  if (serverChallenge.length !== CHALLENGE_SIZE) throw new CodecError('a server challenge has 8 octets')
  const flags = challengeFlags(asked, names.domain !== null)
  const name = has(flags, FLAG.REQUEST_TARGET) ? (names.domain?.netbios ?? names.netbiosComputer) : ''
  const targetName = Buffer.from(name, has(flags, FLAG.UNICODE) ? 'utf16le' : 'latin1')
  const targetInfo = encodeAvPairs(targetPairs(names, options.now))
  const header = Buffer.alloc(HEADER)
  SIGNATURE.copy(header)
  header.writeUInt32LE(MESSAGE_TYPE.CHALLENGE, SIGNATURE.length)
  placeField(header, TARGET_NAME_AT, targetName.length, HEADER)
  header.writeUInt32LE(flags, FLAGS_AT)
  serverChallenge.copy(header, CHALLENGE_AT)
  placeField(header, TARGET_INFO_AT, targetInfo.length, HEADER + targetName.length)
  writeVersion(options.version).copy(header, VERSION_AT)
  return Buffer.concat([header, targetName, targetInfo])
}

/** The client's side, for self-tests. */
export function parseChallenge(bytes: Buffer): ChallengeMessage {
  requireMessage(bytes, MESSAGE_TYPE.CHALLENGE, HEADER)
  const flags = bytes.readUInt32LE(FLAGS_AT)
  const field = (at: number) => fieldBytes(bytes, fieldPlace(bytes, at), HEADER)
  return {
    flags,
    serverChallenge: bytes.subarray(CHALLENGE_AT, CHALLENGE_AT + CHALLENGE_SIZE),
    targetName: decodeText(field(TARGET_NAME_AT), has(flags, FLAG.UNICODE)),
    targetInfo: decodeAvPairs(field(TARGET_INFO_AT)),
    version: readVersion(bytes, VERSION_AT),
  }
}

function targetPairs(names: TargetNames, now: number): (readonly [number, Buffer])[] {
  const {netbiosComputer, dnsComputer, domain} = names
  const text = (id: number, value: string) => [id, Buffer.from(value, 'utf16le')] as const
  return [
    text(AV.NB_DOMAIN_NAME, domain?.netbios ?? netbiosComputer),
    text(AV.NB_COMPUTER_NAME, netbiosComputer),
    text(AV.DNS_DOMAIN_NAME, domain?.dns ?? names.dnsDomain ?? dnsComputer),
    text(AV.DNS_COMPUTER_NAME, dnsComputer),
    ...(domain === null ? [] : [text(AV.DNS_TREE_NAME, domain.forest)]),
    [AV.TIMESTAMP, encodeFileTime(now)],
  ]
}

function placeField(header: Buffer, at: number, length: number, offset: number): void {
  if (length > 0xffff) throw new CodecError(`an NTLM field of ${length} octets`)
  header.writeUInt16LE(length, at)
  header.writeUInt16LE(length, at + 2)
  header.writeUInt32LE(offset, at + 4)
}
