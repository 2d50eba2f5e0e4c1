import {PACKET} from './tds/constants.ts'

/** Clients of other protocols are known by their first octets; null: one that is a client of SQL Server's, or might be. */
export function probeKind(bytes: Buffer): string | null {
  const text = bytes.toString('latin1', 0, 8)
  if (text.startsWith('\x16\x03')) return 'tls'
  if (/^(?:GET |POST|HEAD|OPTI|PUT |CONN)/.test(text)) return 'http'
  return bytes.length > 0 && [PACKET.PRELOGIN, PACKET.LOGIN7, PACKET.OLD_LOGIN].every((type) => bytes[0] !== type)
    ? 'other'
    : null
}
