/** Who may do what to a file (MS-DTYP §2.4.6): administrators and the system everything, everybody else read. */

import {encodeSid} from '../../../codecs/dcerpc/sid.ts'
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import type {SmbHost} from '../host.ts'

const WANTED = {OWNER: 1, GROUP: 2, DACL: 4} as const
const SELF_RELATIVE = 0x8000
const DACL_PRESENT = 0x0004
const HEADER = 20
const ALLOWED = 0
/** For what is below, too. */
const INHERITED = 0x13
const FULL = 0x001f_01ff
const READ_AND_RUN = 0x0012_00a9

const ADMINISTRATORS = 'S-1-5-32-544'
const SYSTEM = 'S-1-5-18'
const USERS = 'S-1-5-32-545'
/** root and its group, as Samba shows accounts that are no users of its own. */
const UNIX_ROOT = 'S-1-22-1-0'
const UNIX_ROOT_GROUP = 'S-1-22-2-0'

export function securityDescriptor({product}: SmbHost, wanted: number): Buffer {
  const owner = encodeSid(product === 'windows' ? ADMINISTRATORS : UNIX_ROOT)
  const group = encodeSid(product === 'windows' ? SYSTEM : UNIX_ROOT_GROUP)
  const parts = {
    owner: (wanted & WANTED.OWNER) !== 0,
    group: (wanted & WANTED.GROUP) !== 0,
    dacl: (wanted & WANTED.DACL) !== 0,
  }
  const body = new LittleEndianWriter()
  const place = (present: boolean, part: Buffer): number => {
    if (!present) return 0
    const at = HEADER + body.length
    body.bytes(part)
    return at
  }
  const ownerAt = place(parts.owner, owner)
  const groupAt = place(parts.group, group)
  const daclAt = place(parts.dacl, dacl())
  const control = SELF_RELATIVE | (parts.dacl ? DACL_PRESENT : 0)
  return new LittleEndianWriter().u8(1).u8(0).u16(control).u32(ownerAt, groupAt, 0, daclAt).bytes(body.done()).done()
}

function dacl(): Buffer {
  const entries = [entry(ADMINISTRATORS, FULL), entry(SYSTEM, FULL), entry(USERS, READ_AND_RUN)]
  const size = 8 + entries.reduce((sum, {length}) => sum + length, 0)
  return new LittleEndianWriter().u8(2).u8(0).u16(size, entries.length, 0).bytes(Buffer.concat(entries)).done()
}

function entry(sid: string, access: number): Buffer {
  const encoded = encodeSid(sid)
  return new LittleEndianWriter()
    .u8(ALLOWED)
    .u8(INHERITED)
    .u16(8 + encoded.length)
    .u32(access)
    .bytes(encoded)
    .done()
}
