/** Files that an intruder opens and no one else. No two deckies hold the same. */
import {createHash} from 'node:crypto'

import type {ImageBuilder} from '../../files/image-builder.ts'
import type {Persona} from '../../persona.ts'

const TOPICS = ['payroll', 'inventory', 'customers', 'projects', 'contracts', 'assets', 'vpn-users', 'audit']
const DEPARTMENTS = ['finance', 'hr', 'it', 'sales', 'engineering']
const WORDS = ['Winter', 'Summer', 'Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle']

function password(persona: Persona, purpose: string): string {
  return `${persona.pick(`ftp word ${purpose}`, WORDS)}${persona.integer(`ftp number ${purpose}`, 100, 9999)}!`
}

function neighbour(persona: Persona, purpose: string): string {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return `${network}.${persona.integer(`ftp neighbour ${purpose}`, 10, 240)}`
}

/** Looks like an archive to whoever reads its head, and is noise. */
function archive(persona: Persona, name: string): Buffer {
  const head = Buffer.from('1f8b0800000000000003', 'hex')
  return Buffer.concat([head, persona.bytes(`ftp archive ${name}`, persona.integer(`ftp size ${name}`, 9000, 60_000))])
}

function table(persona: Persona, topic: string): string {
  const rows = Array.from({length: persona.integer(`rows ${topic}`, 18, 60)}, (_, index) => {
    const id = createHash('sha1')
      .update(persona.bytes(`${topic} ${index}`, 8))
      .digest('hex')
      .slice(0, 8)
    const department = persona.pick(`${topic} department ${index}`, DEPARTMENTS)
    return `${1000 + index};${id};${department};${persona.integer(`${topic} value ${index}`, 100, 99_999)}`
  })
  return `id;reference;department;value\r\n${rows.join('\r\n')}\r\n`
}

const credentials = (persona: Persona): string =>
  [
    '# where the nightly copy goes',
    `HOST=${neighbour(persona, 'storage')}`,
    'USER=backup',
    `PASSWORD=${password(persona, 'storage')}`,
    `TARGET=/volume1/${persona.hostname.toLowerCase()}`,
    '',
  ].join('\n')

/** What an anonymous user finds. */
export function plantPublicLures(image: ImageBuilder, persona: Persona): void {
  const topic = persona.pick('ftp topic', TOPICS)
  const year = new Date(persona.installedAt).getUTCFullYear()
  image.file('/pub/README', `Files for internal use. Questions to helpdesk@${persona.facts.domain ?? 'localhost'}.\n`)
  image.file(`/pub/${topic}-${year}.csv`, table(persona, topic), {bait: true})
  image.file(`/pub/backup/${persona.hostname.toLowerCase()}-etc.tar.gz`, archive(persona, 'etc'), {bait: true})
  image.file('/pub/backup/nightly.conf', credentials(persona), {bait: true})
  image.directory('/incoming', {mode: 0o733})
}

/** The FTP site of an IIS. */
export function plantWindowsLures(image: ImageBuilder, persona: Persona): void {
  const [first, second] = [persona.pick('ftp topic', TOPICS), persona.pick('ftp second topic', TOPICS)]
  const year = new Date(persona.installedAt).getUTCFullYear()
  image.file(`/Reports/${first}_${year}.csv`, table(persona, first), {bait: true})
  image.file(`/Reports/${second}_Q${persona.integer('quarter', 1, 4)}.csv`, table(persona, `second ${second}`), {
    bait: true,
  })
  image.file('/Scripts/backup.cmd', backupScript(persona), {bait: true})
  image.file('/web.config', webConfig(persona), {bait: true})
  image.directory('/Upload')
}

function backupScript(persona: Persona): string {
  const share = `\\\\${neighbour(persona, 'share')}\\backup$`
  return [
    '@echo off',
    `net use B: ${share} ${password(persona, 'share')} /user:svc_backup`,
    'robocopy D:\\Data B:\\Data /MIR /R:1 /W:1 /LOG:C:\\Logs\\backup.log',
    'net use B: /delete',
    '',
  ].join('\r\n')
}

function webConfig(persona: Persona): string {
  const source = `Server=${neighbour(persona, 'sql')};Database=Portal;User Id=portal_app;Password=${password(persona, 'sql')}`
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<configuration>',
    '  <connectionStrings>',
    `    <add name="Portal" connectionString="${source};" providerName="System.Data.SqlClient" />`,
    '  </connectionStrings>',
    '</configuration>',
    '',
  ].join('\r\n')
}
