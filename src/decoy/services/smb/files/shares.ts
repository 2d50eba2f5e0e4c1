/** The shares of a server: those that its product always has, and those that hold bait. */
import type {OptionValue} from '../../../definition.ts'
import {domainOf} from '../../../persona/domain.ts'
import type {Persona} from '../../../persona.ts'
import type {SmbProduct} from '../host.ts'
import type {Account} from '../session/logon.ts'
import {baitDirectory, themesOf} from './bait.ts'
import type {DirectoryNode} from './nodes.ts'
import {domainDirectory} from './policies.ts'

export interface Share {
  readonly name: string
  readonly type: 'disk' | 'pipe' | 'printer'
  readonly comment: string
  /** Where it lies on the server's disk, as administrators are told. */
  readonly path: string
  /** `lure`: users, and guests where they are welcome. `user`: users. `nobody`: administrators only. */
  readonly access: 'lure' | 'user' | 'nobody'
  readonly root: DirectoryNode
}

export interface ShareFacts {
  readonly product: SmbProduct
  readonly controller: boolean
  readonly release: string
  readonly shares: OptionValue | null | undefined
}

/** FILE_GENERIC_READ and FILE_GENERIC_EXECUTE; and with FILE_WRITE_DATA and FILE_APPEND_DATA for new files. */
const READ = 0x0012_00a9
const READ_AND_ADD = READ | 0x6

export function accessOf(share: Share, {kind}: Account): number {
  if (share.type === 'pipe') return 0x001f_01ff
  return share.access !== 'user' && kind === 'user' ? READ_AND_ADD : READ
}

export function sharesOf(persona: Persona, facts: ShareFacts): readonly Share[] {
  const lures = luresOf(persona, facts)
  return facts.product === 'windows' ? windowsShares(persona, facts, lures) : sambaShares(persona, facts, lures)
}

const empty = (persona: Persona): DirectoryNode => {
  const at = persona.installedAt
  return {kind: 'directory', name: '', id: 5n, times: {created: at, modified: at, accessed: at}, children: []}
}

const DISK_FOLDERS = ['PerfLogs', 'Program Files', 'Program Files (x86)', 'ProgramData', 'Users', 'Windows']
const WINDOWS_FOLDERS = ['Logs', 'Prefetch', 'System32', 'SysWOW64', 'Tasks', 'Temp']

/** What an administrator finds, as far as the names go. */
function folders(persona: Persona, names: readonly string[]): DirectoryNode {
  const root = empty(persona)
  const children = names.map((name, index) => ({...empty(persona), name, id: 0x1_0000_0000_0040n + BigInt(index)}))
  return {...root, children}
}

function luresOf(persona: Persona, {shares, product}: ShareFacts): Share[] {
  const listed = Array.isArray(shares) ? (shares as readonly string[]).map(named) : themesOf(persona)
  return listed.map(({name, comment}) => ({
    name,
    comment,
    type: 'disk',
    access: 'lure',
    path: product === 'windows' ? `D:\\Shares\\${name}` : `C:\\srv\\samba\\${name.toLowerCase()}`,
    root: baitDirectory(persona, name),
  }))
}

function named(entry: string): {name: string; comment: string} {
  const colon = entry.indexOf(':')
  return colon < 0 ? {name: entry, comment: ''} : {name: entry.slice(0, colon), comment: entry.slice(colon + 1)}
}

/** In the order in which Windows lists them: alphabetical. */
function windowsShares(persona: Persona, {controller}: ShareFacts, lures: readonly Share[]): Share[] {
  const root = empty(persona)
  const windows = folders(persona, WINDOWS_FOLDERS)
  const disk = folders(persona, DISK_FOLDERS)
  const admin: Share[] = [
    {name: 'ADMIN$', type: 'disk', comment: 'Remote Admin', path: 'C:\\Windows', access: 'nobody', root: windows},
    {name: 'C$', type: 'disk', comment: 'Default share', path: 'C:\\', access: 'nobody', root: disk},
    {name: 'IPC$', type: 'pipe', comment: 'Remote IPC', path: '', access: 'user', root},
  ]
  return [...admin, ...lures, ...(controller ? logonShares(persona) : [])].sort(byName)
}

const byName = (a: Share, b: Share): number => (a.name.toUpperCase() < b.name.toUpperCase() ? -1 : 1)

function logonShares(persona: Persona): Share[] {
  const dns = domainOf(persona)?.dns ?? persona.hostname.toLowerCase()
  const sysvol = domainDirectory(persona, dns)
  const domain = sysvol.children.find((node) => node.kind === 'directory')
  const scripts = domain?.kind === 'directory' ? domain.children.find(({name}) => name === 'scripts') : undefined
  const share = {type: 'disk', comment: 'Logon server share ', access: 'user'} as const
  return [
    {
      ...share,
      name: 'NETLOGON',
      path: `C:\\Windows\\SYSVOL\\sysvol\\${dns}\\SCRIPTS`,
      root: scripts?.kind === 'directory' ? scripts : empty(persona),
    },
    {...share, name: 'SYSVOL', path: 'C:\\Windows\\SYSVOL\\sysvol', root: sysvol},
  ]
}

/** In the order of the configuration; IPC$ is always the last. */
function sambaShares(persona: Persona, {release}: ShareFacts, lures: readonly Share[]): Share[] {
  const root = empty(persona)
  const suffix = {debian: '-Debian', ubuntu22: '-Ubuntu', ubuntu20: '-Ubuntu'}[persona.facts.distro]
  const server = suffix === undefined ? `Samba ${release}` : `${persona.hostname} server (Samba ${release}${suffix})`
  const printers: Share = {
    name: 'print$',
    type: 'disk',
    comment: 'Printer Drivers',
    path: 'C:\\var\\lib\\samba\\printers',
    access: 'user',
    root,
  }
  const ipc: Share = {
    name: 'IPC$',
    type: 'pipe',
    comment: `IPC Service (${server})`,
    path: 'C:\\tmp',
    access: 'user',
    root,
  }
  return [printers, ...lures, ipc]
}
