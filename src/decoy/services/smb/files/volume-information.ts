/** Information about the file system of a share (MS-FSCC §2.5). */
import {LittleEndianWriter} from '../../../codecs/little-endian.ts'
import {encodeFileTime} from '../../../codecs/ntlm/file-time.ts'
import type {SmbHost} from '../host.ts'
import type {Share} from './shares.ts'

const SECTOR = 512
const SECTORS_PER_CLUSTER = 8
const CLUSTER = SECTOR * SECTORS_PER_CLUSTER
const DISK_DEVICE = 7
const REMOTE_DEVICE = 0x10
/** Case preserved, Unicode, ACLs, compression, quotas, sparse files, reparse points, object identifiers, encryption … */
const NTFS_ATTRIBUTES = 0x03e7_00ff
const SAMBA_ATTRIBUTES = 0x0001_006f
const MAX_NAME = 255
const GIB = 1024 ** 3

type Encoder = (host: SmbHost, share: Share) => Buffer

const out = (): LittleEndianWriter => new LittleEndianWriter()

/** A disk that is half to nine tenths full. */
function clusters({persona}: SmbHost): {total: bigint; free: bigint} {
  const total = persona.pick('smb disk size', [120, 240, 500, 931, 1862]) * GIB
  const free =
    Math.floor((total / 100) * persona.integer('smb disk free', 9, 46)) + persona.integer('smb disk rest', 0, 9_999_999)
  return {total: BigInt(Math.floor(total / CLUSTER)), free: BigInt(Math.floor(free / CLUSTER))}
}

const volume: Encoder = ({persona, product}, share) => {
  const label = Buffer.from(
    product === 'samba' ? share.name : persona.pick('smb volume label', ['Data', 'Daten', 'New Volume', 'Files']),
    'utf16le',
  )
  const serial = persona.bytes(`smb volume serial ${product === 'samba' ? share.name : ''}`, 4)
  return out().bytes(encodeFileTime(persona.installedAt)).bytes(serial).u32(label.length).u16(0).bytes(label).done()
}

const size: Encoder = (host) => {
  const {total, free} = clusters(host)
  return out().u64(total, free).u32(SECTORS_PER_CLUSTER, SECTOR).done()
}

const fullSize: Encoder = (host) => {
  const {total, free} = clusters(host)
  return out().u64(total, free, free).u32(SECTORS_PER_CLUSTER, SECTOR).done()
}

const attributes: Encoder = ({product}) => {
  const name = Buffer.from('NTFS', 'utf16le')
  const flags = product === 'windows' ? NTFS_ATTRIBUTES : SAMBA_ATTRIBUTES
  return out().u32(flags, MAX_NAME, name.length).bytes(name).done()
}

const objectId: Encoder = ({persona}) => Buffer.concat([persona.bytes('smb volume object', 16), Buffer.alloc(48)])
const sectors: Encoder = () => out().u32(SECTOR, CLUSTER, CLUSTER, SECTOR, 3, 0, 0).done()
const device: Encoder = () => out().u32(DISK_DEVICE, REMOTE_DEVICE).done()

const ENCODERS: Readonly<Record<number, Encoder>> = {
  1: volume,
  3: size,
  4: device,
  5: attributes,
  7: fullSize,
  8: objectId,
  11: sectors,
}

export function volumeInformation(infoClass: number, host: SmbHost, share: Share): Buffer | null {
  return ENCODERS[infoClass]?.(host, share) ?? null
}
