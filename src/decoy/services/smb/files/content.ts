/** What stands in a bait file: text that fits its name, made of the persona. */

import {domainOf} from '../../../persona/domain.ts'
import type {Persona} from '../../../persona.ts'

const FIRST = [
  'Anna',
  'Thomas',
  'Sarah',
  'Michael',
  'Laura',
  'Peter',
  'Julia',
  'Stefan',
  'Claire',
  'David',
  'Emma',
  'Martin',
]
const LAST = [
  'Keller',
  'Meyer',
  'Novak',
  'Baker',
  'Moreau',
  'Rossi',
  'Schmidt',
  'Jensen',
  'Clark',
  'Weber',
  'Visser',
  'Lopez',
]
const ACCOUNTS = ['svc_backup', 'svc_sql', 'svc_scan', 'svc_deploy', 'adm_it', 'svc_erp', 'svc_print']
const SYSTEMS = ['ERP', 'CRM', 'Backup', 'Scanner', 'Time clock', 'Monitoring', 'Intranet', 'Door system']
const SEASONS = ['Spring', 'Summer', 'Autumn', 'Winter']
const MARKS = ['!', '#', '$', '.', '-']

/** Draws of a pen that are made at once. */
const BLOCK = 1024

/** Draws for one file. */
class Pen {
  readonly persona: Persona
  readonly #purpose: string
  #block: Buffer = Buffer.alloc(0)
  #blocks = 0
  #at = 0

  constructor(persona: Persona, purpose: string) {
    this.persona = persona
    this.#purpose = purpose
  }

  between(min: number, max: number): number {
    if (this.#at === this.#block.length) {
      this.#block = this.persona.bytes(`${this.#purpose} ${this.#blocks++}`, BLOCK)
      this.#at = 0
    }
    const drawn = this.#block.readUInt32LE(this.#at)
    this.#at += 4
    return min + (drawn % (max - min + 1))
  }

  pick(list: readonly string[]): string {
    return list[this.between(0, list.length - 1)] ?? ''
  }

  person(): {name: string; login: string} {
    const first = this.pick(FIRST)
    const last = this.pick(LAST)
    return {name: `${first} ${last}`, login: `${first[0] ?? ''}.${last}`.toLowerCase()}
  }

  password(year: number): string {
    return `${this.pick(SEASONS)}${year}${this.pick(MARKS)}${this.between(1, 99)}`
  }

  amount(): string {
    return `${this.between(120, 98_000)}.${String(this.between(0, 99)).padStart(2, '0')}`
  }

  host(): string {
    const own = this.persona.facts.ip.split('.').slice(0, 3).join('.')
    return `${own}.${this.between(2, 250)}`
  }
}

/** The same bytes for the same persona, purpose and name. */
export function contentOf(persona: Persona, purpose: string, name: string, modified: number): Buffer {
  const pen = new Pen(persona, purpose)
  const date = new Date(modified)
  const extension = name.slice(name.lastIndexOf('.') + 1)
  const write = WRITERS[extension] ?? notes
  const lines = write(pen, name, date)
  return Buffer.from(`${lines.join('\r\n')}\r\n`, 'utf8')
}

type Writer = (pen: Pen, name: string, date: Date) => string[]

const repeat = (count: number, line: (index: number) => string): string[] =>
  Array.from({length: count}, (_, index) => line(index))

const day = (date: Date): string => date.toISOString().slice(0, 10)

function table(pen: Pen, name: string, date: Date): string[] {
  const year = date.getUTCFullYear()
  if (/account|salar|payroll|employee|applic/i.test(name) && !/bank/i.test(name)) {
    return [
      'Name;Login;Amount;Account',
      ...repeat(pen.between(24, 90), () => {
        const {name: who, login} = pen.person()
        return `${who};${login};${pen.amount()};DE${pen.between(10, 99)}${pen.between(100_000_000, 999_999_999)}${pen.between(100_000_000, 999_999_999)}`
      }),
    ]
  }
  if (/server|network/i.test(name)) {
    return [
      'Host;Address;System;Login',
      ...repeat(
        pen.between(12, 40),
        () =>
          `${pen.pick(SYSTEMS)};${pen.host()};${pen.pick(['Windows Server 2019', 'Debian 12', 'ESXi 7.0'])};${pen.pick(ACCOUNTS)}`,
      ),
    ]
  }
  return [
    'Number;Date;Name;Amount',
    ...repeat(
      pen.between(40, 220),
      (index) => `${year}-${1000 + index};${day(date)};${pen.person().name};${pen.amount()}`,
    ),
  ]
}

function notes(pen: Pen, name: string, date: Date): string[] {
  const year = date.getUTCFullYear()
  if (/password|account/i.test(name)) {
    return [
      `Last change ${day(date)} ${pen.person().name}`,
      '',
      ...repeat(
        pen.between(6, 12),
        () => `${pen.pick(SYSTEMS)}\t${pen.host()}\t${pen.pick(ACCOUNTS)}\t${pen.password(year)}`,
      ),
    ]
  }
  return [
    name.replace(/\.\w+$/, ''),
    day(date),
    '',
    ...repeat(
      pen.between(8, 40),
      (index) =>
        `${index + 1}. ${pen.person().name}: ${pen.pick(SYSTEMS)} until ${year}-${String(pen.between(1, 12)).padStart(2, '0')}-${String(pen.between(1, 28)).padStart(2, '0')}`,
    ),
  ]
}

function script(pen: Pen, _name: string, date: Date): string[] {
  const group = domainOf(pen.persona)?.netbios ?? 'WORKGROUP'
  const account = pen.pick(ACCOUNTS)
  return [
    `# ${day(date)} ${pen.person().login}`,
    `$user = '${group}\\${account}'`,
    `$pass = ConvertTo-SecureString '${pen.password(date.getUTCFullYear())}' -AsPlainText -Force`,
    '$cred = New-Object System.Management.Automation.PSCredential ($user, $pass)',
    ...repeat(
      pen.between(2, 5),
      () => `Invoke-Command -ComputerName ${pen.host()} -Credential $cred -ScriptBlock { Get-Service }`,
    ),
  ]
}

const settings: Writer = (pen, _name, date) => [
  '[connection]',
  `server=${pen.host()}`,
  `database=${pen.pick(['erp', 'crm', 'intranet', 'mes'])}`,
  `user=${pen.pick(ACCOUNTS)}`,
  `password=${pen.password(date.getUTCFullYear())}`,
  `timeout=${pen.between(1, 12) * 5}`,
]

const batch: Writer = (pen) => [
  '@echo off',
  ...['G', 'H', 'P'].map(
    (drive) => `net use ${drive}: \\\\${pen.host()}\\${pen.pick(['Projects', 'Finance', 'Public'])} /persistent:no`,
  ),
]

const answerFile: Writer = (pen, _name, date) => [
  '<?xml version="1.0" encoding="utf-8"?>',
  '<unattend xmlns="urn:schemas-microsoft-com:unattend">',
  '  <settings pass="oobeSystem">',
  '    <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64">',
  '      <UserAccounts><AdministratorPassword>',
  `        <Value>${Buffer.from(`${pen.password(date.getUTCFullYear())}AdministratorPassword`, 'utf16le').toString('base64')}</Value>`,
  '        <PlainText>false</PlainText>',
  '      </AdministratorPassword></UserAccounts>',
  '    </component>',
  '  </settings>',
  '</unattend>',
]

const configuration: Writer = (pen, name, date) => [
  `# ${name} ${day(date)}`,
  ...repeat(
    pen.between(20, 60),
    (index) =>
      `rule ${index + 1} permit ${pen.pick(['tcp', 'udp'])} ${pen.host()} ${pen.host()} eq ${pen.pick(['22', '80', '443', '445', '1433', '3389'])}`,
  ),
]

const dump: Writer = (pen, name, date) => [
  `-- ${name} ${day(date)}`,
  'CREATE TABLE users (id INT PRIMARY KEY, login VARCHAR(64), password_hash CHAR(32));',
  ...repeat(pen.between(40, 160), (index) => {
    const hash = pen.persona.bytes(`${name} ${index}`, 16).toString('hex')
    return `INSERT INTO users VALUES (${index + 1}, '${pen.person().login}', '${hash}');`
  }),
]

const WRITERS: Readonly<Record<string, Writer>> = {
  csv: table,
  txt: notes,
  log: notes,
  ps1: script,
  cmd: batch,
  ini: settings,
  xml: answerFile,
  conf: configuration,
  ovpn: configuration,
  sql: dump,
}
