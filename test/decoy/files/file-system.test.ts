import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {FsError, ROOT} from '../../../src/decoy/files/nodes.ts'
import {absolutePath} from '../../../src/decoy/files/paths.ts'
import {shellWorld} from '../shell/shell-world.ts'

const files = () => shellWorld().machine.files
const USER = {uid: 1000, gid: 1000}
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

const code = (act: () => void): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof FsError) return error.code
    throw error
  }
  return 'none'
}

describe('FileSystem', () => {
  it('reads back what was written, and appends', () => {
    const fs = files()
    fs.write('/tmp/a', bytes('one'), ROOT)
    fs.write('/tmp/a', bytes('two'), ROOT, {append: true})
    expect(fs.read('/tmp/a', ROOT).toString()).toBe('onetwo')
  })

  it('answers as the kernel does', () => {
    const fs = files()
    expect(code(() => fs.read('/none', ROOT))).toBe('ENOENT')
    expect(code(() => fs.read('/etc', ROOT))).toBe('EISDIR')
    expect(code(() => fs.read('/etc/passwd/x', ROOT))).toBe('ENOTDIR')
    expect(code(() => fs.write('/none/x', bytes(''), ROOT))).toBe('ENOENT')
    expect(code(() => fs.mkdir('/etc', ROOT))).toBe('EEXIST')
    expect(code(() => fs.rmdir('/etc', ROOT))).toBe('ENOTEMPTY')
    expect(code(() => fs.write('/etc/x', bytes(''), USER))).toBe('EACCES')
    expect(code(() => fs.read('/etc/shadow', USER))).toBe('EACCES')
    expect(code(() => fs.write('/proc/version', bytes(''), ROOT))).toBe('EACCES')
    expect(code(() => fs.mkdir('/proc/x', ROOT))).toBe('ENOENT')
    expect(code(() => fs.rename('/opt', '/opt/scripts/in', ROOT))).toBe('EINVAL')
  })

  it('follows links, also through directories, and gives up on circles', () => {
    const fs = files()
    expect(fs.realPath('/bin/ls', ROOT)).toBe('/usr/bin/ls')
    fs.symlink('/tmp/two', '/tmp/one', ROOT)
    fs.symlink('/tmp/one', '/tmp/two', ROOT)
    expect(code(() => fs.read('/tmp/one', ROOT))).toBe('ELOOP')
    fs.symlink('fresh', '/tmp/dangling', ROOT)
    fs.write('/tmp/dangling', bytes('x'), ROOT)
    expect(fs.read('/tmp/fresh', ROOT).toString()).toBe('x')
  })

  it('keeps others from removing files in a sticky directory', () => {
    const fs = files()
    fs.write('/tmp/mine', bytes('x'), ROOT)
    expect(code(() => fs.unlink('/tmp/mine', USER))).toBe('EPERM')
  })

  it('is full after its budget, and has room again after a removal', () => {
    const fs = files()
    const chunk = Buffer.alloc(6 * 1024 * 1024)
    fs.write('/tmp/1', chunk, ROOT)
    fs.write('/tmp/2', chunk, ROOT)
    expect(code(() => fs.write('/tmp/3', chunk, ROOT))).toBe('ENOSPC')
    fs.unlink('/tmp/1', ROOT)
    expect(code(() => fs.write('/tmp/3', chunk, ROOT))).toBe('none')
  })

  it('is full after so many names', () => {
    const fs = files()
    let made = 0
    const last = code(() => {
      for (; made < 10_000; made++) fs.mkdir(`/tmp/d${made}`, ROOT)
    })
    expect(last).toBe('ENOSPC')
    expect(made).toBeGreaterThan(1000)
  })
})

describe('absolutePath', () => {
  it('never leaves the root', () => {
    expect(absolutePath('/root', '../../../../etc/./passwd')).toBe('/etc/passwd')
    fc.assert(
      fc.property(fc.array(fc.constantFrom('..', '.', 'a', '', 'b'), {maxLength: 30}), (parts) => {
        const path = absolutePath('/x', parts.join('/'))
        expect(path.startsWith('/')).toBe(true)
        expect(path.split('/')).not.toContain('..')
      }),
    )
  })

  it('refuses what the kernel refuses', () => {
    expect(code(() => absolutePath('/', 'a'.repeat(256)))).toBe('ENAMETOOLONG')
    expect(code(() => absolutePath('/', 'a/'.repeat(3000)))).toBe('ENAMETOOLONG')
    expect(code(() => absolutePath('/', 'a\0b'))).toBe('EINVAL')
  })
})
