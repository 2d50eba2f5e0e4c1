import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {encodePdu, PDU} from '../../../../src/decoy/codecs/dcerpc/pdu.ts'
import {parseSecurityBlob} from '../../../../src/decoy/codecs/spnego/security-blob.ts'
import {COMMAND, STATUS} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {lastKept} from '../../../support/kept.ts'
import {
  type Answer,
  CONTROLLER,
  client,
  closeBody,
  fileIdOf,
  insider,
  ioctlBody,
  listBody,
  namesOf,
  PASSWORD,
  readBody,
  SmbClient,
  smbService,
  WINDOWS,
  writeBody,
} from './client.ts'
import {bindBody, LSARPC, requestBody} from './rpc.ts'

const mechanismsOf = ({message}: Answer): readonly string[] => {
  const at = message.readUInt16LE(64 + 56)
  const blob = parseSecurityBlob(message.subarray(at, at + message.readUInt16LE(64 + 58)))
  return blob.wrapping === 'spnego' && blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
}

describe('shares', () => {
  const as = async (user: string, share: string, facts = {}, options = {}): Promise<number> => {
    const visitor = await client(facts, options)
    visitor.negotiate()
    visitor.logIn({user, password: user === 'backup' ? PASSWORD : 'guess'})
    return visitor.connect(share).status
  }

  it('open to whom they are for', async () => {
    expect(await as('backup', 'IT')).toBe(0)
    expect(await as('backup', 'it')).toBe(0)
    expect(await as('backup', 'nosuch')).toBe(STATUS.BAD_NETWORK_NAME)
    expect(await as('guest', 'IT')).toBe(STATUS.ACCESS_DENIED)
    expect(await as('guest', 'IT', {}, {guest: true})).toBe(0)
    expect(await as('backup', 'C$', WINDOWS)).toBe(STATUS.ACCESS_DENIED)
  })

  it('of the administration open to an administrator, who leaves what remote execution leaves', async () => {
    const inside = await client(WINDOWS, {users: ['Administrator:root']})
    inside.negotiate()
    inside.logIn({user: 'administrator', password: 'root'})
    expect(inside.connect('ADMIN$').status).toBe(0)
    const tool = fileIdOf(inside.create('PSEXESVC.exe', {access: 0x4000_0000, disposition: 5}))
    inside.ask(COMMAND.WRITE, writeBody(tool, Buffer.from('MZ')))
    inside.ask(COMMAND.CLOSE, closeBody(tool))
    expect(lastKept(inside.events).left).toMatchObject({
      event: 'file.write',
      data: {share: 'ADMIN$', path: 'PSEXESVC.exe'},
    })
  })

  it('and names follow the options', async () => {
    const options = {product: 'samba', workgroup: 'office', shares: ['Plans:All plans', 'Scans'], guest: true}
    const visitor = await client(WINDOWS, options)
    expect(mechanismsOf(visitor.negotiate())).toHaveLength(1)
    visitor.logIn({user: 'x', password: 'y'})
    expect(visitor.connect('plans').status).toBe(0)
    expect(visitor.connect('Scans').status).toBe(0)
    expect(visitor.connect('IT').status).toBe(STATUS.BAD_NETWORK_NAME)
    visitor.connect('IPC$')
    const pipe = fileIdOf(visitor.create('lsarpc'))
    const transceive = (type: number, body: Buffer) =>
      visitor.ask(COMMAND.IOCTL, ioctlBody(0x0011_c017, pipe, encodePdu(type, 1, body))).message
    transceive(PDU.BIND, bindBody(LSARPC, 0))
    const told = transceive(PDU.REQUEST, requestBody(7, Buffer.concat([Buffer.alloc(20), Buffer.from([3, 0])])))
    expect(told.toString('utf16le')).toContain('OFFICE')
  })

  it('of a controller hold its policies', async () => {
    const inside = await client(CONTROLLER, {signing: 'enabled'})
    inside.negotiate()
    inside.logIn({user: 'backup', password: PASSWORD})
    inside.connect('SYSVOL')
    const root = fileIdOf(inside.create('', {options: 1}))
    expect(namesOf(inside.ask(COMMAND.QUERY_DIRECTORY, listBody(root)))).toEqual(['.', '..', 'corp.example'])
  })
})

describe('files', () => {
  it('are listed and read, and the reading recorded once', async () => {
    const inside = await insider()
    const folder = fileIdOf(inside.create('Scripts', {options: 1}))
    const names = namesOf(inside.ask(COMMAND.QUERY_DIRECTORY, listBody(folder, '*.CMD')))
    expect(names).toEqual(['map-drives.cmd'])
    expect(inside.ask(COMMAND.QUERY_DIRECTORY, listBody(folder)).status).toBe(STATUS.NO_MORE_FILES)
    const file = fileIdOf(inside.create('scripts\\MAP-DRIVES.cmd'))
    const whole = inside.ask(COMMAND.READ, readBody(file)).message.subarray(80)
    expect(whole.toString('utf8')).toMatch(/^@echo off\r\nnet use G: \\\\192\.168\.1\.\d+\\/)
    expect(inside.ask(COMMAND.READ, readBody(file, 4, 6n)).message.toString('latin1', 80)).toBe('off\r')
    expect(inside.ask(COMMAND.READ, readBody(file, 4, 9999n)).status).toBe(STATUS.END_OF_FILE)
    expect(inside.events.filter(({event}) => event === 'file.read')).toHaveLength(1)
  })

  it('have the size that a listing tells', async () => {
    const inside = await insider()
    const file = inside.create('Servers 2025.csv')
    const size = Number(file.message.readBigUInt64LE(64 + 48))
    expect(inside.ask(COMMAND.READ, readBody(fileIdOf(file))).message.length - 80).toBe(size)
  })

  it.each([
    ['nothing.txt', {}, STATUS.OBJECT_NAME_NOT_FOUND],
    ['nowhere\\nothing.txt', {}, STATUS.OBJECT_PATH_NOT_FOUND],
    ['a*b', {}, STATUS.OBJECT_NAME_INVALID],
    ['..\\..\\secret', {}, STATUS.OBJECT_PATH_NOT_FOUND],
    ['\\Scripts', {}, STATUS.INVALID_PARAMETER],
    ['Scripts', {options: 0x40}, STATUS.FILE_IS_A_DIRECTORY],
    ['Scripts\\map-drives.cmd', {options: 1}, STATUS.NOT_A_DIRECTORY],
    ['Scripts\\map-drives.cmd', {access: 0x0001_0000}, STATUS.ACCESS_DENIED],
    ['Scripts\\map-drives.cmd', {access: 2}, STATUS.ACCESS_DENIED],
    ['Scripts', {disposition: 2}, STATUS.OBJECT_NAME_COLLISION],
    ['new folder', {disposition: 2, options: 1}, STATUS.ACCESS_DENIED],
  ])('%s with %j is refused', async (path, options, status) => {
    const inside = await insider()
    expect(inside.create(path, options).status).toBe(status)
  })
})

describe('uploads', () => {
  const NEW = {access: 0x4012_0089, disposition: 5}

  it('become evidence, and stay for the next visit', async () => {
    const service = await smbService()
    const visit = () => {
      const each = new SmbClient(service)
      each.negotiate()
      each.logIn({user: 'backup', password: PASSWORD})
      each.connect('IT')
      return each
    }
    const content = Buffer.from('MZ\x90 payload', 'latin1')
    const first = visit()
    const file = fileIdOf(first.create('Scripts\\tool.exe', NEW))
    expect(first.ask(COMMAND.WRITE, writeBody(file, content.subarray(4), 4n)).status).toBe(0)
    expect(first.ask(COMMAND.WRITE, writeBody(file, content.subarray(0, 4))).status).toBe(0)
    first.ask(COMMAND.CLOSE, closeBody(file))
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(lastKept(first.events)).toMatchObject({
      left: {event: 'file.write', data: {path: 'Scripts\\\\tool.exe', sha256, size: 11}},
      content,
    })
    const second = visit()
    const back = second.ask(COMMAND.READ, readBody(fileIdOf(second.create('scripts\\TOOL.EXE'))))
    expect(back.message.subarray(80).equals(content)).toBe(true)
    expect(second.create('Scripts\\tool.exe', {access: 0x0001_0000}).status).toBe(STATUS.ACCESS_DENIED)
  })

  it('that are not finished are recorded when the connection ends', async () => {
    const inside = await insider()
    inside.ask(COMMAND.WRITE, writeBody(fileIdOf(inside.create('half.bin', NEW)), Buffer.from('half')))
    inside.end()
    expect(lastKept(inside.events).left).toMatchObject({event: 'file.write', data: {size: 4}})
  })

  it('are bounded, each and all together', async () => {
    const small = new SmbClient(await smbService(), 445, {uploadBytes: 1000})
    small.negotiate()
    small.logIn({user: 'backup', password: PASSWORD})
    small.connect('IT')
    const file = fileIdOf(small.create('big.bin', NEW))
    expect(small.ask(COMMAND.WRITE, writeBody(file, Buffer.alloc(1001))).status).toBe(STATUS.DISK_FULL)
    expect(small.ask(COMMAND.WRITE, writeBody(file, Buffer.alloc(1), 1n << 62n)).status).toBe(STATUS.DISK_FULL)
    const many = await insider()
    const statuses = Array.from({length: 6}, (_, index) => {
      const each = fileIdOf(many.create(`${index}.bin`, NEW))
      return many.ask(COMMAND.WRITE, writeBody(each, Buffer.alloc(1), BigInt(8 * 1024 * 1024))).status
    })
    expect(statuses).toEqual([0, 0, 0, STATUS.DISK_FULL, STATUS.DISK_FULL, STATUS.DISK_FULL])
  })
})
