/** SFTP and scp without the connection around them: what is inside of the encryption is fuzzed here. */
import {describe, expect, it} from 'vitest'

import {UploadPool} from '../../../../src/decoy/files/upload.ts'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {ScpSink, ScpSource} from '../../../../src/decoy/services/ssh/transfer/scp.ts'
import {SftpServer} from '../../../../src/decoy/services/ssh/transfer/sftp-server.ts'
import type {TransferHost} from '../../../../src/decoy/services/ssh/transfer/transfer-host.ts'
import {byte, string, uint32, uint64} from '../../../../src/decoy/services/ssh/wire.ts'
import {FUZZ_MS, INPUTS} from '../../../support/abuse.ts'
import {type Dialogue, hexOf, MOST_MS, MOST_WRITTEN, mutated} from '../../../support/hostile-input.ts'
import {tallied} from '../../../support/promise-tally.ts'
import {Random, seedOfRun} from '../../../support/random.ts'
import {shellWorld} from '../../shell/shell-world.ts'

const POOL = 32 * 1024 * 1024
/** A machine is made anew after so many inputs: one that many have written to is another than one that nobody has. */
const INPUTS_A_MACHINE = 500
const SFTP_EXTENSIONS = [
  'posix-rename@openssh.com',
  'statvfs@openssh.com',
  'fstatvfs@openssh.com',
  'hardlink@openssh.com',
  'fsync@openssh.com',
  'lsetstat@openssh.com',
  'limits@openssh.com',
  'expand-path@openssh.com',
  'copy-data',
  'home-directory',
  'users-groups-by-id@openssh.com',
].map((name) => [name, '1'] as const)

interface World {
  readonly host: TransferHost
  readonly pool: UploadPool
  written(): number
}

function world(machine = shellWorld().machine): World {
  const account = machine.accounts.find(({name}) => name === 'root')
  if (account === undefined) throw new RangeError('no root')
  const pool = new UploadPool(POOL)
  let written = 0
  const host: TransferHost = {
    machine,
    account,
    limits: DEFAULT_LIMITS,
    pool,
    budget: {uploads: DEFAULT_LIMITS.uploadsPerSession},
    fileRead: () => {},
    fileWritten: (_, data) => {
      written += data.length
    },
  }
  return {host, pool, written: () => written}
}

/** Plays pieces until it is over; how many bytes were replied. */
type Play = (world: World, pieces: readonly Buffer[]) => number

async function fuzz(name: string, dialogues: readonly Dialogue[], play: Play): Promise<void> {
  const seed = seedOfRun()
  const random = new Random(seed)
  let {machine} = shellWorld()
  await tallied('P25', name, INPUTS, async () => {
    for (let input = 0; input < INPUTS; input++) {
      if (input % INPUTS_A_MACHINE === 0) machine = shellWorld().machine
      const pieces = mutated(random, dialogues)
      try {
        expectBounded(play, world(machine), pieces)
      } catch (error) {
        throw new Error(`input ${input} of DECNET_SEED=${seed}: ${hexOf(pieces)}`, {cause: error})
      }
    }
  })
}

function expectBounded(play: Play, around: World, pieces: readonly Buffer[]): void {
  const begun = performance.now()
  expect(play(around, pieces)).toBeLessThan(MOST_WRITTEN)
  // All of the pool is free again: nothing that was being written is held any longer.
  expect(around.pool.take(POOL)).toBe(true)
  expect(around.written()).toBeLessThanOrEqual(
    pieces.reduce((sum, {length}) => sum + length, DEFAULT_LIMITS.uploadBytes),
  )
  expect(performance.now() - begun).toBeLessThan(MOST_MS)
}

const sizeOf = (replies: readonly Buffer[]): number => replies.reduce((sum, {length}) => sum + length, 0)

function playSftp({host}: World, pieces: readonly Buffer[]): number {
  const server = new SftpServer(host, SFTP_EXTENSIONS)
  let size = 0
  for (const piece of pieces) {
    const replies = server.feed(piece)
    if ('exit' in replies) break
    size += sizeOf(replies)
  }
  server.end()
  return size
}

const playScp =
  (transfer: (host: TransferHost) => ScpSink | ScpSource): Play =>
  ({host}, pieces) => {
    const scp = transfer(host)
    let size = 0
    let over = false
    const take = ({replies, exit}: ReturnType<typeof scp.open>): void => {
      size += sizeOf(replies)
      over ||= exit !== null
    }
    take(scp.open())
    for (const piece of pieces) if (!over) take(scp.feed(piece))
    if (!over) take(scp.end())
    return size
  }

const NO_ATTRIBUTES = uint32(0)
const MODE = Buffer.concat([uint32(4), uint32(0o755)])
const HANDLE = string(uint32(0))
const packet = (type: number, ...fields: readonly Buffer[]): Buffer => string(Buffer.concat([byte(type), ...fields]))
const asked = (type: number, id: number, ...fields: readonly Buffer[]): Buffer => packet(type, uint32(id), ...fields)
const extended = (id: number, name: string, ...fields: readonly Buffer[]): Buffer =>
  asked(200, id, string(name), ...fields)
const INIT = packet(1, uint32(3))
const open = (path: string, flags: number): Buffer => asked(3, 1, string(path), uint32(flags), MODE)

const SFTP: readonly Dialogue[] = [
  [
    INIT,
    asked(16, 1, string('.')),
    asked(11, 2, string('/etc')),
    asked(12, 3, HANDLE),
    asked(4, 4, HANDLE),
    asked(17, 5, string('/etc/passwd')),
    open('/etc/passwd', 1),
    asked(5, 6, HANDLE, uint64(0), uint32(32_768)),
    asked(4, 7, HANDLE),
  ],
  [
    INIT,
    open('/tmp/x', 0x1a),
    asked(6, 2, HANDLE, uint64(0), string('MZ not really')),
    asked(8, 3, HANDLE),
    asked(10, 4, HANDLE, Buffer.concat([uint32(8), uint32(1), uint32(2)])),
    asked(4, 5, HANDLE),
    asked(9, 6, string('/tmp/x'), MODE),
    asked(18, 7, string('/tmp/x'), string('/tmp/y')),
    asked(13, 8, string('/tmp/y')),
  ],
  [
    INIT,
    asked(14, 1, string('/tmp/d'), MODE),
    asked(20, 2, string('/tmp'), string('/tmp/d/link')),
    asked(19, 3, string('/tmp/d/link')),
    asked(7, 4, string('/tmp/d/link/d')),
    asked(15, 5, string('/tmp/d')),
  ],
  [
    INIT,
    extended(1, 'posix-rename@openssh.com', string('/tmp/a'), string('/tmp/b')),
    extended(2, 'statvfs@openssh.com', string('/')),
    extended(3, 'hardlink@openssh.com', string('/etc/passwd'), string('/tmp/p')),
    extended(4, 'lsetstat@openssh.com', string('/tmp/p'), MODE),
    extended(5, 'limits@openssh.com'),
    extended(6, 'expand-path@openssh.com', string('~/x')),
    extended(7, 'home-directory', string('root')),
    extended(8, 'users-groups-by-id@openssh.com', string(uint32(0)), string(uint32(0))),
    Buffer.concat([open('/etc/passwd', 1), open('/tmp/copy', 0x1a)]),
    extended(9, 'copy-data', HANDLE, uint64(0), uint64(0), string(uint32(1)), uint64(0)),
    extended(10, 'fsync@openssh.com', string(uint32(1))),
    extended(11, 'fstatvfs@openssh.com', HANDLE),
  ],
  [packet(1, uint32(6)), asked(3, 1, string('/none'), uint32(2), NO_ATTRIBUTES)],
]

describe('transfers under abuse', () => {
  it('sftp never throws, hangs nor says without end', {timeout: FUZZ_MS}, () =>
    fuzz('sftp: mutated packets', SFTP, playSftp),
  )

  it('scp -t never throws, hangs nor says without end', {timeout: FUZZ_MS}, () =>
    fuzz(
      'scp -t: mutated dialogues',
      [
        ['C0644 11 x.sh\n', 'hello world', '\0'].map((text) => Buffer.from(text)),
        ['T1700000000 0 1700000000 0\n', 'D0755 0 d\n', 'C0600 3 y\n', 'abc\0', 'E\n'].map((text) => Buffer.from(text)),
        [Buffer.from('C0644 99999999999 big\n'), Buffer.alloc(5000, 0x61)],
      ],
      playScp((host) => new ScpSink(host, '/tmp')),
    ),
  )

  it('scp -f never throws, hangs nor says without end', {timeout: FUZZ_MS}, () =>
    fuzz(
      'scp -f: mutated dialogues',
      [[Buffer.alloc(1), Buffer.alloc(1), Buffer.alloc(1)], [Buffer.alloc(64)]],
      playScp((host) => new ScpSource(host, ['/etc/passwd', '/etc/ssh', '/none'], true)),
    ),
  )

  it('scp -f of links that lead back is over at once, and holds little', () => {
    const {host} = world()
    const {files} = host.machine
    files.mkdir('/tmp/loop', host.account)
    files.write('/tmp/loop/0', Buffer.alloc(4 * 1024 * 1024), host.account)
    for (let link = 0; link < 8; link++) files.symlink('.', `/tmp/loop/l${link}`, host.account)
    const begun = performance.now()
    const before = process.memoryUsage().rss
    const source = new ScpSource(host, ['/tmp/loop'], true)
    expect(source.feed(Buffer.alloc(3)).replies.map(({length}) => length)).toEqual([13, 16, 4 * 1024 * 1024, 1])
    expect(source.end().exit).toBe(1)
    expect(performance.now() - begun).toBeLessThan(MOST_MS)
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })
})
