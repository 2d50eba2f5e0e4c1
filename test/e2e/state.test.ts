import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import {join} from 'node:path'
import Database from 'better-sqlite3'
import {expect, it} from 'vitest'
import {type Bench, useBench} from '../support/bench.ts'
import {incarnations, snapshot} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {fingerprints} from '../support/state-files.ts'

const NOBODY = 65_534
const FLEET = fleetText(deckies(2))
const MORE = fleetText({more: {services: 'http'}})

interface Damage {
  readonly what: string
  readonly harm: (dir: string) => void
  readonly exit: number
  readonly message: RegExp
}

const file = (dir: string): string => join(dir, 'state.db')

function overwrite(dir: string, offset: number, bytes: Buffer): void {
  const content = readFileSync(file(dir))
  bytes.copy(content, offset)
  writeFileSync(file(dir), content)
}

function pragma(dir: string, statement: string): void {
  const db = new Database(file(dir))
  db.pragma(statement)
  db.close()
}

const DAMAGES: readonly Damage[] = [
  {
    what: 'is text',
    harm: (dir) => writeFileSync(file(dir), 'hello\n'.repeat(900)),
    exit: 74,
    message: /not a database/,
  },
  {what: 'is empty', harm: (dir) => truncateSync(file(dir), 0), exit: 74, message: /state\.db/},
  {
    what: 'was cut in half',
    harm: (dir) => truncateSync(file(dir), statSync(file(dir)).size / 2),
    exit: 74,
    message: /damaged/,
  },
  {
    what: 'has a page of garbage',
    harm: (dir) => overwrite(dir, 8192, Buffer.alloc(2048, 0xff)),
    exit: 74,
    message: /damaged/,
  },
  {
    what: 'belongs to another program',
    harm: (dir) => pragma(dir, 'application_id = 42'),
    exit: 74,
    message: /state\.db/,
  },
  {
    what: 'was made by a newer decnet',
    harm: (dir) => pragma(dir, 'user_version = 99'),
    exit: 74,
    message: /newer decnet/,
  },
  {what: 'can be written by everybody', harm: (dir) => chmodSync(file(dir), 0o666), exit: 74, message: /mode 0666/},
  {what: 'lies in a directory open to all', harm: (dir) => chmodSync(dir, 0o755), exit: 74, message: /mode 0755/},
  {
    what: 'belongs to another user',
    harm: (dir) => chownSync(file(dir), NOBODY, NOBODY),
    exit: 77,
    message: /uid 65534/,
  },
  {
    what: 'lies in a directory of another user',
    harm: (dir) => chownSync(dir, NOBODY, NOBODY),
    exit: 77,
    message: /uid 65534/,
  },
  {
    what: 'is a symbolic link',
    harm: (dir) => {
      renameSync(file(dir), `${file(dir)}.moved`)
      symlinkSync(`${file(dir)}.moved`, file(dir))
    },
    exit: 74,
    message: /symbolic link/,
  },
]

/** Puts the state of a running fleet aside and back. */
async function withStateKept(on: Bench, scenario: () => Promise<void>): Promise<void> {
  const kept = `${on.stateDir}.kept`
  cpSync(on.stateDir, kept, {recursive: true, preserveTimestamps: true})
  try {
    await scenario()
  } finally {
    rmSync(on.stateDir, {recursive: true})
    renameSync(kept, on.stateDir)
    chmodSync(on.stateDir, 0o700)
  }
}

const mount = (...args: string[]): void => void execFileSync('mount', args)
const unmount = (dir: string): void => void execFileSync('umount', [dir])

describeOnLab('a state that cannot be used', () => {
  const bench = useBench('state')

  it.each(DAMAGES)('is left alone, and the deckies with it, when it $what', async ({harm, exit, message}) => {
    const on = bench()
    await on.deploy(FLEET)
    await withStateKept(on, async () => {
      harm(on.stateDir)
      const [files, engine] = [fingerprints(on.stateDir), await snapshot(on.lab)]
      for (const args of [['status'], ['deploy', '-'], ['teardown', '--all', '--yes']]) {
        const error = await on.refused(args, exit, {input: MORE})
        expect(error).toMatchObject({message: expect.stringMatching(message), hint: expect.any(String)})
      }
      expect(fingerprints(on.stateDir)).toEqual(files)
      expect(await snapshot(on.lab)).toEqual(engine)
    })
  })

  it('is refused when it is older than what runs, so that it removes no decky that it does not know', async () => {
    const on = bench()
    await on.deploy(FLEET)
    const old = `${on.stateDir}.old`
    cpSync(on.stateDir, old, {recursive: true})
    chmodSync(old, 0o700)
    try {
      await on.deploy(MORE)
      const before = await incarnations(on.lab)
      for (const args of [
        ['reconcile', '--yes'],
        ['teardown', '--all', '--yes'],
        ['plan', '-', '--replace-fleet'],
      ]) {
        const error = await on.refused(args, 74, {input: FLEET, stateDir: old})
        expect(error).toMatchObject({message: expect.stringContaining('older than the fleet that runs')})
      }
      expect(await incarnations(on.lab)).toEqual(before)
    } finally {
      rmSync(old, {recursive: true, force: true})
    }
  })

  it('is named when its place is no directory', async () => {
    const on = bench()
    const place = join(on.lab.layout.directory, 'occupied')
    writeFileSync(place, '')
    const error = await on.refused(['deploy', '-'], 74, {input: FLEET, stateDir: place})
    expect(error.message).toContain(`${place} is not a directory`)
    expect(await on.lab.containers()).toEqual([])
    rmSync(place)
  })

  it('is left alone on a read-only file system', async () => {
    const on = bench()
    await on.deploy(FLEET)
    const engine = await snapshot(on.lab)
    mount('--bind', on.stateDir, on.stateDir)
    try {
      mount('-o', 'remount,ro,bind', on.stateDir)
      const files = fingerprints(on.stateDir)
      for (const args of [['deploy', '-'], ['status'], ['config', 'set', 'parallel', '2']]) {
        const error = await on.refused(args, 74, {input: MORE})
        expect(error.message).toContain('read-only file system')
      }
      expect(fingerprints(on.stateDir)).toEqual(files)
      expect(await snapshot(on.lab)).toEqual(engine)
    } finally {
      unmount(on.stateDir)
    }
  })

  it('is not begun on a disk without room for it', async () => {
    const on = bench()
    const place = join(on.lab.layout.directory, 'small')
    execFileSync('mkdir', ['-m', '700', place])
    mount('-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', place)
    try {
      const error = await on.refused(['deploy', '-'], 74, {input: FLEET, stateDir: place})
      expect(error.message).toMatch(/full|no space/)
      expect(await on.lab.containers()).toEqual([])
    } finally {
      unmount(place)
    }
  })

  it('stays as it is when the disk has become full, and goes on when there is room again', async () => {
    const on = bench()
    const place = join(on.lab.layout.directory, 'filled')
    execFileSync('mkdir', ['-m', '700', place])
    mount('-t', 'tmpfs', '-o', 'size=4m,mode=700', 'tmpfs', place)
    const at = {stateDir: place}
    try {
      expect(await on.run(['deploy', '-'], {...at, input: FLEET})).toMatchObject({code: 0})
      const before = await snapshot(on.lab)
      execFileSync('sh', ['-c', `cat /dev/zero > '${place}/filler' 2>/dev/null || :`])

      const error = await on.refused(['deploy', '-'], 74, {...at, input: MORE})
      expect(error).toMatchObject({
        message: expect.stringMatching(/full|no space/),
        hint: expect.stringContaining('free'),
      })
      expect(await snapshot(on.lab)).toEqual(before)

      rmSync(join(place, 'filler'))
      expect(await on.run(['deploy', '-'], {...at, input: MORE})).toMatchObject({code: 0})
      expect(await on.run(['teardown', '--all', '--yes'], at)).toMatchObject({code: 0})
    } finally {
      unmount(place)
    }
  })

  it('keeps its files from other users whatever the umask', async () => {
    const on = bench()
    await on.lab.run('sh', ['-c', 'umask 000; exec decnet deploy -'], {input: fleetText(deckies(1))})
    const modes = Object.entries(fingerprints(on.stateDir)).map(([name, print]) => `${print.split(' ')[0]} ${name}`)
    expect((statSync(on.stateDir).mode & 0o777).toString(8)).toBe('700')
    expect(modes.filter((mode) => !/^(600|700) /.test(mode))).toEqual([])
    expect(modes).toContain('600 state.db')
  })
})
