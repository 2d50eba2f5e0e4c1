import {describe, expect, it} from 'vitest'

import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import {COMMAND, STATUS} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {encodeFrame} from '../../../../src/decoy/services/smb/wire/framing.ts'
import {answerOf, client, closeBody, fileIdOf, insider, ioctlBody, PASSWORD, queryBody, WINDOWS} from './client.ts'

describe('IOCTL', () => {
  it('confirms what was negotiated, and hangs up where it was something else', async () => {
    const inside = await client(WINDOWS)
    const {message} = inside.negotiate([0x0202, 0x0210, 0x0300])
    inside.logIn({user: 'backup', password: PASSWORD})
    inside.connect('IPC$')
    const info = (mode: number) =>
      new LittleEndianWriter().u32(0x7f).bytes(Buffer.alloc(16, 0xcc)).u16(mode, 3, 0x0202, 0x0210, 0x0300).done()
    const told = inside.ask(COMMAND.IOCTL, ioctlBody(0x0014_0204, -1n, info(1)))
    const data = told.message.subarray(112)
    expect(data.readUInt32LE(0)).toBe(message.readUInt32LE(64 + 24))
    expect(data.subarray(4, 20).equals(message.subarray(72, 88))).toBe(true)
    expect([data.readUInt16LE(20), data.readUInt16LE(22)]).toEqual([1, 0x0300])
    expect(() => inside.ask(COMMAND.IOCTL, ioctlBody(0x0014_0204, -1n, info(3)))).toThrow('no answer')
    expect(inside.reset).toBe(true)
  })

  it('knows no DFS, and none of what it does not know', async () => {
    const inside = await insider()
    expect(inside.ask(COMMAND.IOCTL, ioctlBody(0x0006_0194, -1n, Buffer.alloc(4))).status).toBe(STATUS.NOT_FOUND)
    expect(inside.ask(COMMAND.IOCTL, ioctlBody(0x0014_4064, -1n, Buffer.alloc(4))).status).toBe(0xc000_0010)
  })
})

describe('other commands', () => {
  it('ECHO, LOGOFF, TREE_DISCONNECT and information', async () => {
    const inside = await insider()
    const four = Buffer.from([4, 0, 0, 0])
    expect(inside.ask(COMMAND.ECHO, four).status).toBe(0)
    const root = fileIdOf(inside.create('', {options: 1}))
    expect(inside.ask(COMMAND.QUERY_INFO, queryBody(root, 2, 5)).message.toString('utf16le', 84)).toBe('NTFS')
    expect(inside.ask(COMMAND.QUERY_INFO, queryBody(root, 1, 99)).status).toBe(STATUS.INVALID_INFO_CLASS)
    expect(inside.ask(COMMAND.TREE_DISCONNECT, four).status).toBe(0)
    expect(inside.create('Scripts').status).toBe(STATUS.NETWORK_NAME_DELETED)
    expect(inside.ask(COMMAND.LOGOFF, four).status).toBe(0)
    expect(inside.connect('IT').status).toBe(STATUS.USER_SESSION_DELETED)
  })

  it('waits for changes until it is told not to', async () => {
    const inside = await insider()
    const root = fileIdOf(inside.create('', {options: 1}))
    const notify = new LittleEndianWriter().u16(32, 0).u32(1000).u64(root, root).u32(0x17, 0).done()
    const pending = inside.ask(COMMAND.CHANGE_NOTIFY, notify)
    expect([pending.status, pending.flags & 2]).toEqual([STATUS.PENDING, 2])
    const cancel = inside.header(COMMAND.CANCEL, 2)
    pending.message.copy(cancel, 32, 32, 40)
    const done = answerOf(inside.raw(encodeFrame(Buffer.concat([cancel, Buffer.from([4, 0, 0, 0])]))).subarray(4))
    expect(done.status).toBe(STATUS.CANCELLED)
  })

  it('in one message are answered in one, the related ones with what the first opened', async () => {
    const inside = await insider()
    const open = Buffer.concat([inside.header(COMMAND.CREATE), Buffer.alloc(0)])
    const body = new LittleEndianWriter()
      .u16(57)
      .zeros(22)
      .u32(0x0012_0089, 0, 7, 1, 1)
      .u16(120, 0)
      .u32(0, 0)
      .zeros(8)
      .done()
    open.writeUInt32LE(64 + body.length, 20)
    const close = Buffer.concat([inside.header(COMMAND.CLOSE, 4), closeBody()])
    const reply = inside.raw(encodeFrame(Buffer.concat([open, body, close]))).subarray(4)
    const next = reply.readUInt32LE(20)
    expect([reply.readUInt32LE(8), reply.readUInt32LE(next + 8), reply.readUInt16LE(next + 12)]).toEqual([
      0,
      0,
      COMMAND.CLOSE,
    ])
  })

  it('before the negotiation end the connection', async () => {
    const early = await client(WINDOWS)
    expect(() => early.connect('IT')).toThrow('no answer')
    expect(early.reset).toBe(true)
  })
})
