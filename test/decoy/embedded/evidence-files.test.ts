import {spawnSync} from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import fc from 'fast-check'
import {afterEach, describe, expect, it} from 'vitest'

import {type EvidenceCursor, EvidenceFiles, readEvidence} from '../../../src/decoy/embedded/evidence-files.ts'

const cleanups: (() => unknown)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-evidence-'))
  cleanups.push(() => rmSync(directory, {recursive: true, force: true}))
  return join(directory, 'evidence')
}

function sink(path: string, limits = {fileBytes: 100, files: 3}): EvidenceFiles {
  const files = new EvidenceFiles(path, limits)
  cleanups.push(() => files.close())
  return files
}

function read(path: string, from: EvidenceCursor | null = null): {lines: string[]; cursor: EvidenceCursor | null} {
  const batches = [...readEvidence(path, from)]
  return {lines: batches.flatMap(({lines}) => lines), cursor: batches.at(-1)?.cursor ?? from}
}

const line = (number: number): string => `{"seq":${number},"padding":"${'x'.repeat(20)}"}`
const numbers = (lines: readonly string[]): number[] => lines.map((text) => JSON.parse(text).seq)

describe('evidence files', () => {
  it('keep so many of so many bytes, the newest, private to their owner', () => {
    const path = folder()
    const files = sink(path)
    for (let number = 1; number <= 20; number++) expect(files.write(line(number))).toBe(true)
    expect(readdirSync(path)).toHaveLength(3)
    for (const name of readdirSync(path)) {
      expect(statSync(join(path, name)).size).toBeLessThanOrEqual(100)
      expect(statSync(join(path, name)).mode & 0o777).toBe(0o600)
    }
    expect(numbers(read(path).lines)).toEqual([15, 16, 17, 18, 19, 20])
  })

  it('are read on from a cursor across rotations, each line once and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 5}), {maxLength: 12}), (bursts) => {
        const path = folder()
        const files = sink(path, {fileBytes: 120, files: 100})
        let written = 0
        let cursor: EvidenceCursor | null = null
        const seen: number[] = []
        for (const burst of bursts) {
          for (let index = 0; index < burst; index++) files.write(line(++written))
          const next: ReturnType<typeof read> = read(path, cursor)
          seen.push(...numbers(next.lines))
          cursor = next.cursor
        }
        expect(seen).toEqual(Array.from({length: written}, (_, index) => index + 1))
      }),
      {numRuns: 30},
    )
  })

  it('are read from the oldest that is left where the file of the cursor is gone', () => {
    const path = folder()
    const files = sink(path)
    files.write(line(1))
    const {cursor} = read(path)
    for (let number = 2; number <= 20; number++) files.write(line(number))
    expect(numbers(read(path, cursor).lines)).toEqual([15, 16, 17, 18, 19, 20])
  })

  it('leave a line that is being written for the next reading, and end one that a killed process began', () => {
    const path = folder()
    sink(path).write(line(1))
    const file = join(path, readdirSync(path)[0] ?? '')
    appendFileSync(file, '{"seq":2,')
    const first = read(path)
    expect(numbers(first.lines)).toEqual([1])
    sink(path).write(line(3))
    expect(read(path, first.cursor).lines).toEqual(['{"seq":2,', line(3)])
    expect(readFileSync(file, 'latin1').endsWith('}\n')).toBe(true)
  })

  it('hold lines of any length a decoy writes, also where a chunk ends inside one', () => {
    const path = folder()
    const files = sink(path, {fileBytes: 4 * 1024 * 1024, files: 2})
    const long = Array.from({length: 100}, (_, index) => JSON.stringify({seq: index, text: 'y'.repeat(14_000 + index)}))
    for (const each of long) files.write(each)
    expect(read(path).lines).toEqual(long)
  })

  it('refuse a line where the folder cannot be made, and take the next one when it can', async () => {
    const path = folder()
    const blocked = join(path, 'evidence')
    appendFileSync(path, 'no folder')
    const files = sink(blocked)
    expect(files.write(line(1))).toBe(false)
    rmSync(path)
    await expect.poll(() => files.write(line(2)), {timeout: 3000}).toBe(true)
    expect(numbers(read(blocked).lines)).toEqual([2])
  })

  it('refuse lines while the disk is full, keep whole those before, and go on when there is room', ({skip}) => {
    const path = folder()
    mkdirSync(path, {recursive: true})
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8192,mode=700', 'decnet-test', path]).status === 0
    skip(!mounted, 'mounting a small file system needs root')
    cleanups.push(() => spawnSync('umount', ['--lazy', path]))
    const files = sink(path, {fileBytes: 1024 * 1024, files: 2})
    writeFileSync(join(path, 'filler'), Buffer.alloc(4096))
    let written = 0
    while (files.write(line(written + 1))) written++
    expect(written).toBeGreaterThan(50)
    expect(files.write(line(0))).toBe(false)
    rmSync(join(path, 'filler'))
    expect(files.write(line(written + 1))).toBe(true)
    expect(numbers(read(path).lines)).toEqual(Array.from({length: written + 1}, (_, index) => index + 1))
  })
})
