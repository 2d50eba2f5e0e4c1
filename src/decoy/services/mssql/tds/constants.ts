/** Numbers of MS-TDS. */

/** Packet types (2.2.3.1.1). */
export const PACKET = {
  SQL_BATCH: 0x01,
  OLD_LOGIN: 0x02,
  RPC: 0x03,
  REPLY: 0x04,
  ATTENTION: 0x06,
  BULK_LOAD: 0x07,
  TRANSACTION: 0x0e,
  LOGIN7: 0x10,
  SSPI: 0x11,
  PRELOGIN: 0x12,
} as const

/** PRELOGIN's ENCRYPTION (2.2.6.5). */
export const ENCRYPT = {OFF: 0, ON: 1, NOT_SUPPORTED: 2, REQUIRED: 3} as const

export const TDS_7_0 = 0x7000_0000
export const TDS_7_1 = 0x7100_0000
export const TDS_7_2 = 0x7209_0002
export const TDS_7_4 = 0x7400_0004

/** Bits of DONE's status (2.2.7.6). */
export const DONE = {MORE: 0x01, ERROR: 0x02, COUNT: 0x10, ATTENTION: 0x20} as const

/** The packet size of a server that was set to nothing else. */
export const PACKET_SIZE = 4096

/** Versions as the protocol's documents name them. */
export function tdsName(version: number): string {
  if (version >= TDS_7_4) return '7.4'
  if (version >= 0x730a_0003) return '7.3'
  if (version >= TDS_7_2) return '7.2'
  return version >= TDS_7_1 ? '7.1' : '7.0'
}
