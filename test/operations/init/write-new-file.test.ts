import {execFileSync} from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {dockerFound} from '../../../src/operations/init/machine.ts'
import {writeNewFile} from '../../../src/operations/init/write-new-file.ts'
import {refusalOf} from '../../support/refusal.ts'

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'decnet-init-'))
  onTestFinished(() => rmSync(path, {recursive: true, force: true}))
  return path
}

describe('a new file', () => {
  it('is written for its owner alone, whatever the umask', () => {
    const inside = directory()
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    writeNewFile(join(inside, 'fleet.ini'), 'text\n', false)
    expect(readFileSync(join(inside, 'fleet.ini'), 'utf8')).toBe('text\n')
    expect(statSync(join(inside, 'fleet.ini')).mode & 0o777).toBe(0o600)
    expect(readdirSync(inside)).toEqual(['fleet.ini'])
  })

  it('replaces another only by force', () => {
    const inside = directory()
    const path = join(inside, 'fleet.ini')
    writeFileSync(path, 'old')
    chmodSync(path, 0o644)
    expect(refusalOf(() => writeNewFile(path, 'new', false))).toMatchObject({
      code: 'USAGE',
      message: `${path} exists`,
      hint: 'name another file, or overwrite it with --force',
    })
    expect(readFileSync(path, 'utf8')).toBe('old')
    writeNewFile(path, 'new', true)
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(inside)).toEqual(['fleet.ini'])
  })

  it.each<[string, (path: string) => void, RegExp]>([
    ['a symbolic link', (path) => symlinkSync('/etc/hostname', path), /is a symbolic link$/],
    ['a dangling link', (path) => symlinkSync('/nonexistent', path), /is a symbolic link$/],
    ['a directory', (path) => mkdirSync(path), /is no regular file$/],
    ['a FIFO', (path) => void execFileSync('mkfifo', [path]), /is no regular file$/],
  ])('never replaces %s', (_, make, message) => {
    const path = join(directory(), 'fleet.ini')
    make(path)
    for (const force of [false, true]) {
      const error = refusalOf(() => writeNewFile(path, 'new', force))
      expect(error.code).toBe('USAGE')
      expect(error.message).toMatch(message)
    }
  })

  it.each([
    ['in a directory that is not there', 'no/fleet.ini', 'there is no such directory'],
    ['below a file', 'file/fleet.ini', 'a part of the path is no directory'],
    ['with a name that is too long', 'x'.repeat(300), 'the name is too long'],
  ])('cannot be written %s', (_, name, why) => {
    const inside = directory()
    writeFileSync(join(inside, 'file'), '')
    const error = refusalOf(() => writeNewFile(join(inside, name), 'new', false))
    expect(error.message).toMatch(new RegExp(`: ${why}$`))
    expect(readdirSync(inside)).toEqual(['file'])
  })
})

describe('a Docker Engine', () => {
  it('is found by its variable or its socket', async () => {
    const socket = join(directory(), 'docker.sock')
    expect(dockerFound({DOCKER_HOST: 'tcp://x:1'}, socket)).toBe(true)
    expect(dockerFound({DOCKER_HOST: ''}, socket)).toBe(false)
    writeFileSync(socket, '')
    expect(dockerFound({}, socket)).toBe(false)
    rmSync(socket)
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    onTestFinished(() => void server.close())
    expect(dockerFound({}, socket)).toBe(true)
  })
})
