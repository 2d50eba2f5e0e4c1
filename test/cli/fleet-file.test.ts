import {execFileSync, spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'

import {readFleetFile} from '../../src/cli/fleet-file.ts'
import {refusalOf} from '../support/refusal.ts'

function directory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-file-'))
  onTestFinished(() => rmSync(dir, {recursive: true, force: true}))
  return dir
}

function fileOf(content: string | Buffer): string {
  const path = join(directory(), 'fleet.ini')
  writeFileSync(path, content)
  return path
}

describe('readFleetFile', () => {
  it('reads a file as it is', () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x5b, 0x61, 0x5d, 0x0d, 0x0a, 0xff])
    const path = fileOf(bytes)
    const file = readFleetFile(path)
    expect(file).toMatchObject({name: path, sha256: createHash('sha256').update(bytes).digest('hex')})
    expect(file.bytes.equals(bytes)).toBe(true)
  })

  it('reads an empty file', () => {
    expect(readFleetFile(fileOf('')).bytes).toHaveLength(0)
  })

  it('follows a symbolic link', () => {
    const link = join(directory(), 'link')
    symlinkSync(fileOf('[a]\n'), link)
    expect(readFleetFile(link).text).toBe('[a]\n')
  })

  it('reads one byte more than a fleet file may have, and no more', () => {
    expect(readFleetFile(fileOf('x'.repeat(512 * 1024))).bytes).toHaveLength(512 * 1024)
    expect(readFleetFile(fileOf('x'.repeat(3_000_000))).bytes).toHaveLength(512 * 1024 + 1)
  })

  it.each<[string, () => string, RegExp]>([
    ['a missing file', () => join(directory(), 'no.ini'), /^cannot read .*no\.ini: there is no such file$/],
    ['a file in place of a directory', () => join(fileOf(''), 'x.ini'), /a part of the path is no directory$/],
    ['a directory', directory, /is not a regular file$/],
    ['a device', () => '/dev/zero', /^\/dev\/zero is not a regular file$/],
    ['a link to itself', looped, /too many symbolic links$/],
    ['a FIFO that nobody writes to', fifo, /is not a regular file$/],
  ])('refuses %s at once', (_, make, message) => {
    const path = make()
    const started = performance.now()
    const error = refusalOf(() => readFleetFile(path))
    expect(performance.now() - started).toBeLessThan(1000)
    expect(error.code).toBe('FLEET_FILE_NOT_FOUND')
    expect(error.message).toMatch(message)
  })

  it('reads standard input for -, in whatever pieces it comes', () => {
    const script = `
      const {readFleetFile} = await import(${JSON.stringify(join(import.meta.dirname, '../../src/cli/fleet-file.ts'))})
      const {name, bytes} = readFleetFile('-')
      console.log(name, bytes.length)
    `
    const run = (input: string) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script], {input, encoding: 'utf8'}).stdout
    expect(run('[a]\n')).toBe('<stdin> 4\n')
    expect(run('x'.repeat(1_000_000))).toBe('<stdin> 524289\n')
  })
})

function looped(): string {
  const path = join(directory(), 'loop')
  symlinkSync(path, path)
  return path
}

function fifo(): string {
  const path = join(directory(), 'fifo')
  execFileSync('mkfifo', [path])
  return path
}
