import {execFileSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {buildDirectories} from '../../../src/cli/build-directory.ts'
import {
  MAX_CONTEXT_BYTES,
  MAX_CONTEXT_FILES,
  readBuildContext,
  UnusableContext,
} from '../../../src/engines/docker/build-context.ts'
import {tarStream} from '../../../src/engines/docker/tar.ts'

let folder: string
let root: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decnet-build-'))
  root = join(folder, 'scada')
  mkdirSync(join(root, 'bin'), {recursive: true})
  writeFileSync(join(root, 'Dockerfile'), 'FROM scratch\nCOPY bin /bin\n')
  writeFileSync(join(root, 'bin', 'scada'), '#!/bin/sh\n', {mode: 0o755})
})
afterEach(() => rmSync(folder, {recursive: true}))

const imageOf = (): string => readBuildContext(root).image

function refusalOf(): UnusableContext {
  try {
    readBuildContext(root)
  } catch (error) {
    if (error instanceof UnusableContext) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('the name of an image that is built', () => {
  it('is the same for the same files, wherever and whenever they were written', () => {
    const before = imageOf()
    expect(before).toMatch(/^decnet-custom:[0-9a-f]{16}$/)
    renameSync(root, join(folder, 'other'))
    execFileSync('cp', ['-r', join(folder, 'other'), root])
    chmodSync(join(root, 'bin', 'scada'), 0o700)
    expect(imageOf()).toBe(before)
  })

  it.each([
    ['a content', () => writeFileSync(join(root, 'bin', 'scada'), '#!/bin/ash\n')],
    ['a name', () => renameSync(join(root, 'bin', 'scada'), join(root, 'bin', 'plc'))],
    ['a mode', () => chmodSync(join(root, 'bin', 'scada'), 0o644)],
    ['a new file', () => writeFileSync(join(root, '.hidden'), '')],
    ['a new directory', () => mkdirSync(join(root, 'etc'))],
    ['a link', () => symlinkSync('scada', join(root, 'bin', 'plc'))],
  ])('changes with %s', (_, change) => {
    const before = imageOf()
    change()
    expect(imageOf()).not.toBe(before)
  })

  it('changes with where a link leads', () => {
    symlinkSync('bin', join(root, 'a'))
    const before = imageOf()
    rmSync(join(root, 'a'))
    symlinkSync('./bin', join(root, 'a'))
    expect(imageOf()).not.toBe(before)
  })
})

describe('a directory is refused', () => {
  it.each<[string, () => void, RegExp]>([
    ['without a Dockerfile', () => rmSync(join(root, 'Dockerfile')), /no Dockerfile/],
    ['with a link to elsewhere', () => symlinkSync('../secret', join(root, 'a')), /a is a link to \.\.\/secret/],
    ['with an absolute link', () => symlinkSync('/etc/shadow', join(root, 'a')), /a is a link to \/etc\/shadow/],
    ['with a link that climbs', () => symlinkSync('x/../../../etc', join(root, 'bin', 'a')), /bin\/a is a link/],
    [
      // Each of them stays inside as it is written, and the second leaves by way of the first.
      'with links that lead out together',
      () => {
        symlinkSync('..', join(root, 'bin', 'up'))
        symlinkSync('bin/up/..', join(root, 'out'))
      },
      /out is a link/,
    ],
    ['with a pipe', () => void execFileSync('mkfifo', [join(root, 'pipe')]), /pipe is no regular file/],
    ['with a name that no archive holds', () => writeFileSync(join(root, 'n'.repeat(120)), ''), /is too long/],
    [
      'with too many files',
      () => {
        for (let at = 0; at <= MAX_CONTEXT_FILES; at++) writeFileSync(join(root, 'bin', `${at}`), '')
      },
      /more than 2000 files/,
    ],
    [
      'with too many bytes',
      () => writeFileSync(join(root, 'big'), Buffer.alloc(MAX_CONTEXT_BYTES)),
      /more than 64 MiB/,
    ],
  ])('%s', (_, spoil, message) => {
    spoil()
    expect(refusalOf().message).toMatch(message)
    expect(refusalOf().hint).toMatch(/\S/)
  })

  it('that is not below the fleet file, or not there, with a reason for its place in the file', () => {
    const builds = buildDirectories(join(root, 'fleet.ini'))
    mkdirSync(join(root, 'site'))
    for (const [path, problem] of [
      ['../other', 'is not below the fleet file'],
      ['/etc', 'is not below the fleet file'],
      ['nowhere', 'there is no such directory'],
      ['site', 'site: there is no Dockerfile in it'],
    ] as const) {
      expect(builds(path)).toMatchObject({ok: false, problem: expect.stringContaining(problem)})
    }
    const own = buildDirectories(join(folder, 'fleet.ini'))
    expect(own('scada')).toEqual({ok: true, image: imageOf(), directory: root})
  })
})

it('is sent as an archive that tar reads back', async () => {
  const deep = join(root, 'd'.repeat(60), 'e'.repeat(60))
  mkdirSync(deep, {recursive: true})
  writeFileSync(join(deep, 'file'), 'deep')
  symlinkSync('bin/scada', join(root, 'run'))
  const chunks: Buffer[] = []
  for await (const chunk of tarStream(readBuildContext(root).entries)) chunks.push(Buffer.from(chunk))
  const out = join(folder, 'out')
  mkdirSync(out)
  execFileSync('tar', ['xf', '-', '-C', out], {input: Buffer.concat(chunks)})
  expect(readBuildContext(out).image).toBe(imageOf())
})
