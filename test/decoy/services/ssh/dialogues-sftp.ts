/** Conversations with the SFTP subsystem. */
import {byte, string, uint32} from '../../../../src/decoy/services/ssh/wire.ts'
import {close, data, eof, request, session} from './dialogues-connection.ts'
import type {Dialogue} from './golden.ts'

const sftp = (type: number, ...fields: readonly Buffer[]): Buffer =>
  data(0, string(Buffer.concat([byte(type), ...fields])))
const extended = (id: number, name: string, ...fields: readonly Buffer[]): Buffer =>
  sftp(200, uint32(id), string(name), ...fields)
const NO_ATTRIBUTES = uint32(0)
const SUBSYSTEM: Buffer[][] = [[session(5)], [request(0, 'subsystem', true, string('sftp'))]]
const SFTP_OPEN: Buffer[][] = [...SUBSYSTEM, [sftp(1, uint32(3))]]
const files = (...turns: readonly Buffer[]): Dialogue => ({
  from: 'login',
  turns: [...SFTP_OPEN, ...turns.map((turn) => [turn])],
})

export const SFTP: Readonly<Record<string, Dialogue>> = {
  sftp: {from: 'login', turns: SFTP_OPEN},
  'sftp: an old version': {from: 'login', turns: [...SUBSYSTEM, [sftp(1, uint32(2))]]},
  'sftp: a later version': {from: 'login', turns: [...SUBSYSTEM, [sftp(1, uint32(6))]]},
  'sftp: a request before the version': {from: 'login', turns: [...SUBSYSTEM, [sftp(17, uint32(1), string('/'))]]},
  'sftp: the version twice': files(sftp(1, uint32(3))),
  'sftp: where': files(sftp(16, uint32(7), string('/etc/../etc/passwd')), sftp(16, uint32(8), string('/none/there'))),
  'sftp: nothing there': files(
    sftp(17, uint32(1), string('/none')),
    sftp(7, uint32(2), string('/none')),
    sftp(3, uint32(3), string('/none'), uint32(1), NO_ATTRIBUTES),
    sftp(11, uint32(4), string('/none')),
    sftp(13, uint32(5), string('/none')),
    sftp(15, uint32(6), string('/none')),
    sftp(18, uint32(7), string('/none'), string('/other')),
    sftp(19, uint32(8), string('/none')),
    sftp(9, uint32(9), string('/none'), NO_ATTRIBUTES),
  ),
  'sftp: the wrong kind': files(
    sftp(11, uint32(1), string('/etc/passwd')),
    sftp(14, uint32(2), string('/etc'), NO_ATTRIBUTES),
    sftp(13, uint32(3), string('/etc')),
    sftp(15, uint32(4), string('/etc')),
    sftp(19, uint32(5), string('/etc')),
    sftp(17, uint32(6), string('/etc/passwd/x')),
    sftp(3, uint32(7), string('/etc/shadow'), uint32(1), NO_ATTRIBUTES),
    sftp(3, uint32(8), string('/etc/passwd'), uint32(2), NO_ATTRIBUTES),
  ),
  'sftp: wrong handles': files(
    sftp(4, uint32(1), string('\0\0\0\x09')),
    sftp(5, uint32(2), string('\0\0\0\x09'), uint32(0), uint32(0), uint32(10)),
    sftp(6, uint32(3), string('\0\0\0\x09'), uint32(0), uint32(0), string('x')),
    sftp(8, uint32(4), string('\0\0\0\x09')),
    sftp(12, uint32(5), string('\0\0\0\x09')),
    sftp(10, uint32(6), string('\0\0\0\x09'), NO_ATTRIBUTES),
    sftp(4, uint32(7), string('nonsense')),
  ),
  'sftp: a file': files(
    sftp(3, uint32(1), string('/etc/hostname'), uint32(1), NO_ATTRIBUTES),
    sftp(5, uint32(2), string('\0\0\0\0'), uint32(0), uint32(4096), uint32(10)),
    sftp(4, uint32(3), string('\0\0\0\0')),
    sftp(4, uint32(4), string('\0\0\0\0')),
  ),
  'sftp: upload': files(
    sftp(3, uint32(1), string('/tmp/golden-upload'), uint32(26), NO_ATTRIBUTES),
    sftp(6, uint32(2), string('\0\0\0\0'), uint32(0), uint32(0), string('hello')),
    sftp(4, uint32(3), string('\0\0\0\0')),
    sftp(3, uint32(4), string('/tmp/golden-upload'), uint32(42), NO_ATTRIBUTES),
    sftp(3, uint32(5), string('/tmp/golden-upload'), uint32(1), NO_ATTRIBUTES),
    sftp(5, uint32(6), string('\0\0\0\0'), uint32(0), uint32(0), uint32(100)),
    sftp(5, uint32(7), string('\0\0\0\0'), uint32(0), uint32(5), uint32(100)),
    sftp(6, uint32(8), string('\0\0\0\0'), uint32(0), uint32(0), string('x')),
    sftp(4, uint32(9), string('\0\0\0\0')),
    sftp(14, uint32(10), string('/tmp/golden-upload'), NO_ATTRIBUTES),
    sftp(13, uint32(11), string('/tmp/golden-upload')),
  ),
  'sftp: unknown requests': files(sftp(99, uint32(1)), extended(2, 'nonsense@x'), sftp(21, uint32(3))),
  'sftp: extensions': files(
    extended(1, 'limits@openssh.com'),
    extended(2, 'expand-path@openssh.com', string('/tmp')),
    extended(3, 'users-groups-by-id@openssh.com', string(uint32(0)), string(uint32(0))),
    extended(4, 'users-groups-by-id@openssh.com', string(uint32(54_321)), string(Buffer.alloc(0))),
    extended(5, 'fsync@openssh.com', string('\0\0\0\x09')),
    extended(6, 'hardlink@openssh.com', string('/none'), string('/tmp/other')),
    extended(7, 'posix-rename@openssh.com', string('/none'), string('/tmp/other')),
    extended(8, 'statvfs@openssh.com', string('/none')),
    extended(9, 'fstatvfs@openssh.com', string('\0\0\0\x09')),
    extended(10, 'lsetstat@openssh.com', string('/none'), NO_ATTRIBUTES),
    extended(11, 'home-directory', string('golden')),
    extended(12, 'copy-data', string('\0\0\0\x09'), Buffer.alloc(16), string('\0\0\0\x09'), Buffer.alloc(8)),
  ),
  'sftp: a packet of 4 GiB': {from: 'login', turns: [...SFTP_OPEN, [data(0, Buffer.alloc(9, 0xff))]]},
  'sftp: the end': {from: 'login', turns: [...SFTP_OPEN, [eof(0)], [close(0)]]},
}
