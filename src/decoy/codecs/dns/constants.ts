/** Numbers of the domain name system (RFC 1035 §3.2, §4.1.1; RFC 6895). */

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  NULL: 10,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  OPT: 41,
  NSEC: 47,
  TSIG: 250,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const

export const CLASS = {IN: 1, CHAOS: 3, NONE: 254, ANY: 255} as const

export const OPCODE = {QUERY: 0, IQUERY: 1, STATUS: 2, NOTIFY: 4, UPDATE: 5} as const

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  NOTAUTH: 9,
  /** Extended: its upper bits stand in the OPT record. */
  BADVERS: 16,
} as const

/** Bits of the header's second word; opcode and rcode are numbers between them. */
export const FLAG = {
  RESPONSE: 0x8000,
  AUTHORITATIVE: 0x0400,
  TRUNCATED: 0x0200,
  RECURSION_DESIRED: 0x0100,
  RECURSION_AVAILABLE: 0x0080,
  CHECKING_DISABLED: 0x0010,
} as const

export const HEADER_SIZE = 12

/** Options of EDNS (RFC 6891, 5001, 7873). */
export const EDNS_OPTION = {NSID: 3, COOKIE: 10} as const

const TYPE_NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, number]) => [number, name]))
const CLASS_NAMES = new Map<number, string>([
  [CLASS.IN, 'IN'],
  [CLASS.CHAOS, 'CH'],
  [CLASS.NONE, 'NONE'],
  [CLASS.ANY, 'ANY'],
])
const RCODE_NAMES = new Map<number, string>(Object.entries(RCODE).map(([name, number]) => [number, name]))
const OPCODE_NAMES = new Map<number, string>(
  Object.entries(OPCODE).map(([name, number]) => [number, name.toLowerCase()]),
)

/** As dig shows it; RFC 3597 §5 for those without a name here. */
export const typeName = (type: number): string => TYPE_NAMES.get(type) ?? `TYPE${type}`
export const className = (number: number): string => CLASS_NAMES.get(number) ?? `CLASS${number}`
export const rcodeName = (rcode: number): string => RCODE_NAMES.get(rcode) ?? `RCODE${rcode}`
export const opcodeName = (opcode: number): string => OPCODE_NAMES.get(opcode) ?? `opcode-${opcode}`
