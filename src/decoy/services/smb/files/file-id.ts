/** How a command names what it acts on (MS-SMB2 §2.2.14.1). */
import type {LittleEndianReader} from '../../../codecs/little-endian.ts'
import type {TreeCall} from '../session/call.ts'
import type {Open} from './open.ts'

/** In a related command: what the command before it opened. */
const RELATED = 0xffff_ffff_ffff_ffffn

/** Reads the two halves of an identifier, of which the second is the number of the open. */
export function readFileId(reader: LittleEndianReader): bigint {
  reader.u64()
  return reader.u64()
}

export function openOf({logon, chain, tree}: TreeCall, id: bigint): Open | null {
  const number = id === RELATED ? chain.fileId : id
  const open = number === null ? undefined : logon.opens.get(number)
  if (open === undefined || open.treeId !== tree.id) return null
  chain.fileId = open.id
  return open
}
