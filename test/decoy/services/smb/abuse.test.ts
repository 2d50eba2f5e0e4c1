import {encodePdu, PDU} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import {encodeName} from '../../../../src/decoy/codecs/netbios-name.ts'
import {COMMAND} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {encodeFrame, FRAME} from '../../../../src/decoy/services/smb/wire/framing.ts'
import {abuse} from '../../../support/abuse.ts'
import {
  client,
  closeBody,
  fileIdOf,
  insider,
  ioctlBody,
  listBody,
  PASSWORD,
  queryBody,
  readBody,
  smbService,
  writeBody,
} from './client.ts'
import {bindBody, SRVSVC} from './rpc.ts'

/** Login, listing, reading. */
async function visit(): Promise<Buffer[]> {
  const inside = await insider()
  const root = fileIdOf(inside.create('', {options: 1}))
  inside.ask(COMMAND.QUERY_DIRECTORY, listBody(root))
  const file = fileIdOf(inside.create('Scripts\\map-drives.cmd'))
  inside.ask(COMMAND.READ, readBody(file))
  inside.ask(COMMAND.QUERY_INFO, queryBody(file, 1, 18))
  inside.ask(COMMAND.CLOSE, closeBody(file))
  return inside.sent
}

/** Login, an upload, and what is refused. */
async function dropping(): Promise<Buffer[]> {
  const inside = await insider()
  const upload = fileIdOf(inside.create('tool.exe', {access: 0x4000_0000, disposition: 5}))
  inside.ask(COMMAND.WRITE, writeBody(upload, Buffer.from('MZ\x90\0 not really', 'latin1')))
  inside.ask(COMMAND.QUERY_INFO, queryBody(upload, 2, 5))
  inside.ask(COMMAND.QUERY_INFO, queryBody(upload, 3, 0, 7))
  inside.ask(COMMAND.CLOSE, closeBody(upload))
  inside.create('Scripts\\map-drives.cmd', {access: 0x0001_0000})
  return inside.sent
}

/** What tools ask over a pipe. */
async function enumeration(): Promise<Buffer[]> {
  const visitor = await client()
  visitor.negotiate()
  visitor.logInAnonymously()
  visitor.connect('IPC$')
  const pipe = fileIdOf(visitor.create('srvsvc'))
  const bind = encodePdu(PDU.BIND, 1, bindBody(SRVSVC, 3))
  visitor.ask(COMMAND.IOCTL, ioctlBody(0x0011_c017, pipe, bind))
  const stub = new LittleEndianWriter().u32(0, 1, 1, 0x20000, 0, 0, 0xffff_ffff, 0).done()
  const body = new LittleEndianWriter().u32(stub.length).u16(0, 15).bytes(stub).done()
  visitor.ask(COMMAND.IOCTL, ioctlBody(0x0011_c017, pipe, encodePdu(PDU.REQUEST, 2, body)))
  return visitor.sent
}

/** A wrong password, an SMB1 client, EternalBlue's first packet, another protocol. */
async function guess(): Promise<Buffer[]> {
  const stranger = await client()
  stranger.negotiate([0x0202, 0x0210, 0x0300, 0x0302])
  stranger.logIn({user: 'backup', password: `not ${PASSWORD}`})
  stranger.connect('IT')
  return stranger.sent
}

const SMB1 = Buffer.from(
  '00000045ff534d4272000000001843c80000000000000000000000000000feff00000000002200024e54204c4d20302e31320002534d4220322e3030320002534d4220322e3f3f3f00',
  'hex',
)

abuse({
  name: 'smb',
  port: 445,
  service: () => smbService(),
  dialogues: [
    await visit(),
    await dropping(),
    await enumeration(),
    await guess(),
    [SMB1, SMB1],
    [Buffer.from('GET / HTTP/1.1\r\nHost: fs01\r\n\r\n')],
  ],
  served: (reply) => reply.toString('latin1', 4, 8) === '\xfeSMB',
})

const sessionRequest = (called: string): Buffer =>
  encodeFrame(
    Buffer.concat([encodeName({name: called, kind: 0x20}), encodeName({name: 'KALI', kind: 0})]),
    FRAME.SESSION_REQUEST,
  )

abuse({
  name: 'smb over NetBIOS',
  port: 139,
  service: () => smbService(),
  dialogues: [
    [sessionRequest('*SMBSERVER'), ...(await guess())],
    [sessionRequest('OTHER')],
    [sessionRequest('FS01'), SMB1],
    [Buffer.from('85000000', 'hex'), Buffer.from('GET / HTTP/1.1\r\nHost: fs01\r\n\r\n')],
  ],
  served: (reply) => reply.toString('hex') === '82000000',
})
