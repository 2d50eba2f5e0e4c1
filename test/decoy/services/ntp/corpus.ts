/** What clients and scanners send to a time server. */
const base = (version: number, mode: number, {poll = 0, leap = 0} = {}): Buffer => {
  const bytes = Buffer.alloc(48)
  bytes.writeUInt8((leap << 6) | (version << 3) | mode, 0)
  bytes.writeInt8(poll, 2)
  Buffer.from('0102030405060708', 'hex').copy(bytes, 40)
  return bytes
}

export const CLIENT = base(4, 3)
/** The probe of nmap's `nmap-service-probes`. */
const NMAP = Buffer.from(
  'e30004fa000100000001000000000000000000000000000000000000000000000000000000000000c54f234b71b152f3',
  'hex',
)
/** The time request of nmap's ntp-info. */
const NMAP_INFO = Buffer.from(`d30004fa0001000000010000${'00'.repeat(28)}ffffffffffffff00`, 'hex')
export const READ_VARIABLES = Buffer.from('160200010000000000000000', 'hex')
/** A request for the list of clients, as nmap's ntp-monlist has it. */
export const MONLIST = Buffer.from(`1700032a${'00'.repeat(4)}`, 'hex')
/** MS-SNTP: the account 1104, and room for a digest. */
export const ROASTING = Buffer.concat([base(3, 3), Buffer.from('50040000', 'hex'), Buffer.alloc(16)])

export const QUESTIONS: readonly (readonly [string, Buffer])[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((version) => [`version ${version}`, base(version, 3)] as const),
  ...[0, 1, 2, 4, 5].map((mode) => [`mode ${mode}`, base(4, mode)] as const),
  ...[3, 6, 17, -56].map((poll) => [`poll ${poll}`, base(4, 3, {poll})] as const),
  ['leap indicator 3', base(4, 3, {leap: 3})],
  ['no time of its own', Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)])],
  ['nmap', NMAP],
  ['nmap ntp-info', NMAP_INFO],
  ['an octet too few', CLIENT.subarray(0, 47)],
  ['half a word too many', Buffer.concat([CLIENT, Buffer.alloc(4)])],
  ['an unknown key with MD5', Buffer.concat([CLIENT, Buffer.from('00000001', 'hex'), Buffer.alloc(16)])],
  ['an unknown key with SHA-1', Buffer.concat([CLIENT, Buffer.from('00000001', 'hex'), Buffer.alloc(20)])],
  ['read variables', READ_VARIABLES],
  ['monlist', MONLIST],
]
