import {execFileSync} from 'node:child_process'
import {randomBytes} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {CATALOG} from '../../src/catalog/index.ts'
import {optionDirectories} from '../../src/cli/option-directories.ts'
import {unpackDirectory} from '../../src/decoy/directory-archive.ts'
import {encodeManifest, type Manifest} from '../../src/decoy/manifest.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import {refusalOf} from '../support/refusal.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'decnet-site-'))
  mkdirSync(join(folder, 'site', 'img'), {recursive: true})
  writeFileSync(join(folder, 'site', 'index.html'), '<h1>hello</h1>')
  writeFileSync(join(folder, 'site', 'img', 'a.svg'), '<svg/>')
})
afterEach(() => rmSync(folder, {recursive: true}))

const read = (path: string) => optionDirectories(join(folder, 'fleet.ini'))(path, 'files')

function filesOf(path: string): string[] {
  const reading = read(path)
  if (!reading.ok) throw new Error(reading.problem)
  return [...unpackDirectory(reading.value).keys()]
}

const problemOf = (path: string): string => {
  const reading = read(path)
  return reading.ok ? '' : reading.problem
}

describe('a directory beside the fleet file', () => {
  it('is packed with what is below it', () => {
    expect(filesOf('site')).toEqual(['/img/a.svg', '/index.html'])
    expect(filesOf('./site/')).toEqual(['/img/a.svg', '/index.html'])
    expect(filesOf('site/img')).toEqual(['/a.svg'])
  })

  it('is the same text again, and another once a file has changed', () => {
    const before = read('site')
    expect(read('site')).toEqual(before)
    writeFileSync(join(folder, 'site', 'index.html'), '<h1>hallo</h1>')
    expect(read('site')).not.toEqual(before)
  })

  it('leaves out names that begin with a dot, but for .well-known', () => {
    mkdirSync(join(folder, 'site', '.git'))
    writeFileSync(join(folder, 'site', '.git', 'config'), 'secret')
    mkdirSync(join(folder, 'site', '.well-known'))
    writeFileSync(join(folder, 'site', '.well-known', 'security.txt'), 'Contact: x')
    expect(filesOf('site')).toEqual(['/.well-known/security.txt', '/img/a.svg', '/index.html'])
  })

  it.each([
    ['what is not there', 'nowhere', 'cannot read nowhere: there is no such directory'],
    ['a file', 'site/index.html', 'cannot read site/index.html: it is no directory'],
    ['what is above', '../', '../ is not below the fleet file'],
    ['what is above by a detour', 'site/../../etc', 'site/../../etc is not below the fleet file'],
    ['an absolute path', '/etc', '/etc is not below the fleet file'],
  ])('refuses %s', (_, path, problem) => {
    expect(problemOf(path)).toBe(problem)
  })

  it('refuses links, wherever they are and lead', () => {
    symlinkSync('/etc', join(folder, 'linked'))
    expect(problemOf('linked')).toBe('linked is a symbolic link')
    expect(problemOf('linked/ssl')).toBe('linked/ssl is a symbolic link')
    symlinkSync('index.html', join(folder, 'site', 'start.html'))
    expect(problemOf('site')).toBe('/start.html is a symbolic link')
  })

  it('refuses what is no file, without waiting for it', () => {
    execFileSync('mkfifo', [join(folder, 'site', 'pipe')])
    expect(problemOf('site')).toBe('/pipe is no regular file')
  })

  it('refuses more than travels to a decoy', () => {
    writeFileSync(join(folder, 'site', 'photo.jpg'), randomBytes(41 * 1024))
    expect(problemOf('site')).toBe('site has 42 KiB when compressed')
    writeFileSync(join(folder, 'site', 'zeroes'), Buffer.alloc(3 * 1024 * 1024))
    expect(problemOf('site')).toBe('it holds more than 2048 KiB')
    rmSync(join(folder, 'site'), {recursive: true})
    mkdirSync(join(folder, 'site'))
    expect(problemOf('site')).toBe('site holds no files')
    for (let index = 0; index < 201; index++) writeFileSync(join(folder, 'site', `${index}.txt`), '')
    expect(problemOf('site')).toBe('it holds more than 200 files')
  })
})

describe('the option site', () => {
  const fleet = (path: string) =>
    readFleetSpec('fleet.ini', `[web]\nservices = http\n[web.http]\nproduct = nginx\nsite = ${path}\n`, CATALOG, {
      directories: optionDirectories(join(folder, 'fleet.ini')),
    })

  it('holds the content of the directory', () => {
    const packed = fleet('site').spec.deckies[0]?.options.http?.site
    expect([...unpackDirectory(String(packed)).keys()]).toEqual(['/img/a.svg', '/index.html'])
  })

  it('is refused with the line and what to do', () => {
    const refusal = (): unknown => {
      try {
        return fleet('../x')
      } catch (error) {
        return error instanceof DecnetError ? error.diagnostics : error
      }
    }
    expect(refusal()).toMatchObject([
      {
        summary: 'site: ../x is not below the fleet file',
        hint: 'move the directory beside the fleet file',
        place: {line: 5, column: 8},
      },
    ])
  })
})

describe('the option email_seed', () => {
  const fleet = (text: string) =>
    readFleetSpec('fleet.ini', text, CATALOG, {directories: optionDirectories(join(folder, 'fleet.ini'))})
  const MAIL = '[mail]\nservices = imap, pop3\n[mail.imap]\nemail_seed = mails\n'

  beforeEach(() => {
    mkdirSync(join(folder, 'mails'))
    writeFileSync(join(folder, 'mails', '1.eml'), 'Subject: x\n\ny\n')
  })

  it('holds the mails of the directory', () => {
    const packed = fleet(MAIL).spec.deckies[0]?.options.imap?.email_seed
    expect([...unpackDirectory(String(packed)).keys()]).toEqual(['/1.eml'])
  })

  it('refuses what is no mail, with the line and what to do', () => {
    writeFileSync(join(folder, 'mails', 'list.txt'), 'Subject: x\n')
    expect(refusalOf(() => fleet(MAIL)).diagnostics).toMatchObject([
      {
        code: 'bad-option-value',
        summary: 'email_seed: list.txt is no mail: its name does not end in .eml',
        hint: expect.stringContaining('each file is one mail'),
        place: {line: 4, column: 14},
      },
    ])
  })

  it('refuses an empty directory', () => {
    rmSync(join(folder, 'mails', '1.eml'))
    expect(refusalOf(() => fleet(MAIL)).diagnostics).toMatchObject([{summary: 'email_seed: mails holds no files'}])
  })

  it('has room beside one other directory as large as may be, and no more', () => {
    const noise = Buffer.concat([Buffer.from('Subject: x\n\n'), randomBytes(39 * 1024).map((byte) => byte || 1)])
    writeFileSync(join(folder, 'mails', '1.eml'), noise)
    writeFileSync(join(folder, 'site', 'photo.jpg'), randomBytes(39 * 1024))
    const large = (services: string) =>
      `[d]\nservices = ${services}\namount = 2\n${services
        .split(', ')
        .map((name) => `[d.${name}]\n${name === 'http' ? 'site = site' : 'email_seed = mails'}\n`)
        .join('')}`
    const {spec} = fleet(large('imap, pop3'))
    const services = Object.entries(spec.deckies[0]?.options ?? {}).map(([name, options]) => ({
      name,
      ports: [],
      options,
    }))
    const manifest = {v: 1, deckies: [{name: 'd', bind: '', persona: {}, services}]} as unknown as Manifest
    // MAX_ARG_STRLEN of Linux, less what else the manifest tells.
    expect(encodeManifest(manifest).length).toBeLessThan(120 * 1024)
    expect(refusalOf(() => fleet(large('http, imap, pop3'))).diagnostics).toMatchObject([
      {
        code: 'bad-option-value',
        summary:
          'the directories of [d] have 117 KiB together when compressed: site of http, email_seed of imap, email_seed of pop3',
        hint: expect.stringContaining('room for 80 KiB'),
        place: {line: 9},
      },
    ])
  })
})
