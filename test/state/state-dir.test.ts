import {chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {prepareStateDir, remoteFileSystem, resolveStateDir} from '../../src/state/state-dir.ts'
import {Store} from '../../src/state/store.ts'
import {codeOf, refusalOf, temporaryDir} from './support.ts'

const place = {env: {HOME: '/home/eve'}, uid: 1000, cwd: '/work'}

describe('the place of the state', () => {
  it.each([
    ['the flag', {...place, flag: '/a', env: {HOME: '/h', DECNET_STATE_DIR: '/b'}}, '/a'],
    ['a relative flag', {...place, flag: 'a/../b'}, '/work/b'],
    ['the environment', {...place, env: {HOME: '/h', DECNET_STATE_DIR: '/b', XDG_STATE_HOME: '/x'}}, '/b'],
    ['an empty variable', {...place, env: {HOME: '/h', DECNET_STATE_DIR: ''}}, '/h/.local/state/decnet'],
    ['root', {...place, uid: 0}, '/var/lib/decnet'],
    ['XDG', {...place, env: {HOME: '/h', XDG_STATE_HOME: '/x'}}, '/x/decnet'],
    ['a relative XDG', {...place, env: {HOME: '/h', XDG_STATE_HOME: 'x'}}, '/h/.local/state/decnet'],
    ['home', place, '/home/eve/.local/state/decnet'],
  ])('comes from %s', (_, source, expected) => {
    expect(resolveStateDir(source)).toBe(expected)
  })

  it('is asked for where there is none', () => {
    const refusal = refusalOf(() => resolveStateDir({...place, env: {}}))
    expect(refusal).toMatchObject({code: 'STATE_UNREADABLE', hint: expect.stringContaining('--state-dir')})
  })

  it.each(['', 'a\0b'])('cannot be %j', (flag) => {
    expect(codeOf(() => resolveStateDir({...place, flag}))).toBe('USAGE')
  })
})

describe('preparing the state directory', () => {
  it('makes it private, parents too, under any umask', () => {
    const dir = join(temporaryDir(), 'a', 'b')
    const umask = process.umask(0)
    try {
      expect(prepareStateDir(dir, {create: true})).toBe(true)
    } finally {
      process.umask(umask)
    }
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(statSync(join(dir, '..')).mode & 0o777).toBe(0o700)
  })

  it('does not make it for a reader', () => {
    const dir = join(temporaryDir(), 'a')
    expect(prepareStateDir(dir, {create: false})).toBe(false)
    expect(Store.open(dir, {mode: 'read'})).toBeNull()
    expect(() => statSync(dir)).toThrow('ENOENT')
  })

  it('refuses a symbolic link', () => {
    const base = temporaryDir()
    mkdirSync(join(base, 'real'), {mode: 0o700})
    symlinkSync(join(base, 'real'), join(base, 'link'))
    expect(refusalOf(() => prepareStateDir(join(base, 'link'), {create: true})).message).toContain('symbolic link')
  })

  it('refuses a file, and a path below a file', () => {
    const file = join(temporaryDir(), 'file')
    writeFileSync(file, '')
    expect(refusalOf(() => prepareStateDir(file, {create: true})).message).toContain('is not a directory')
    expect(codeOf(() => prepareStateDir(join(file, 'below'), {create: true}))).toBe('STATE_UNREADABLE')
    expect(codeOf(() => prepareStateDir('/dev/null', {create: true}))).toBe('STATE_UNREADABLE')
    expect(codeOf(() => prepareStateDir('/proc/decnet', {create: true}))).toBe('STATE_UNREADABLE')
  })

  it.each([0o750, 0o705, 0o777])('refuses mode %o and says how to repair it', (mode) => {
    const dir = temporaryDir()
    chmodSync(dir, mode)
    expect(refusalOf(() => prepareStateDir(dir, {create: true}))).toMatchObject({
      code: 'STATE_UNREADABLE',
      hint: `\`chmod 700 ${dir}\``,
    })
  })

  it("refuses another user's directory", () => {
    const dir = temporaryDir()
    const refusal = refusalOf(() => prepareStateDir(dir, {create: true, uid: (process.getuid?.() ?? 0) + 1}))
    expect(refusal).toMatchObject({code: 'PERMISSION', hint: expect.stringContaining('chown')})
  })

  it.runIf(process.getuid?.() === 0)("refuses another user's state file", () => {
    const dir = temporaryDir()
    Store.open(dir, {mode: 'write'}).close()
    chownSync(join(dir, 'state.db'), 1, 1)
    expect(codeOf(() => Store.open(dir, {mode: 'read'}))).toBe('PERMISSION')
  })

  it('refuses network file systems by name', () => {
    const dir = temporaryDir()
    const refusal = refusalOf(() => prepareStateDir(dir, {create: true, fileSystemType: () => 0x6969}))
    expect(refusal).toMatchObject({code: 'STATE_UNREADABLE', message: expect.stringContaining('NFS')})
    expect(remoteFileSystem(0xff534d42 | 0)).toBe('SMB')
    expect(remoteFileSystem(0xef53)).toBeUndefined()
  })

  it('shows a hostile path escaped', () => {
    const dir = join(temporaryDir(), 'a\u001b[31m')
    writeFileSync(dir, '')
    expect(refusalOf(() => prepareStateDir(dir, {create: true})).message).toContain('a\\u{1b}[31m')
  })
})
