/** SYSVOL of a domain controller: two default policies, and a preference that still holds a password (MS14-025). */
import {createCipheriv} from 'node:crypto'
import {forestCreatedAt, personaGuid} from '../../../persona/windows.ts'
import type {Persona} from '../../../persona.ts'
import type {DirectoryNode, FileNode, Node} from './nodes.ts'

/** Of every domain alike. */
const DEFAULT_DOMAIN_POLICY = '{31B2F340-016D-11D2-945F-00C04FB984F9}'
const DEFAULT_CONTROLLERS_POLICY = '{6AC1786C-016F-11D2-945F-00C04FB984F9}'
/** MS-GPPREF §2.2.1.1.4: the key that Microsoft published. */
const PREFERENCE_KEY = Buffer.from('4e9906e8fcb66cc9faf49310620ffee8f496e806cc057990209b09a433b66c1b', 'hex')
const FIRST_NUMBER = 0x2_0000_0000_1a40n

export function domainDirectory(persona: Persona, dns: string): DirectoryNode {
  const at = forestCreatedAt(persona)
  const times = {created: at, modified: at, accessed: at}
  let number = FIRST_NUMBER
  const folder = (name: string, children: readonly Node[]): DirectoryNode => ({
    kind: 'directory',
    name,
    id: number++,
    times,
    children,
  })
  const file = (name: string, text: string): FileNode => {
    const bytes = Buffer.from(text, 'utf8')
    return {kind: 'file', name, id: number++, times, size: bytes.length, read: () => bytes}
  }
  const policy = (name: string, machine: readonly Node[]): DirectoryNode =>
    folder(name, [file('GPT.INI', '[General]\r\nVersion=1\r\n'), folder('MACHINE', machine), folder('USER', [])])
  const own = `{${personaGuid(persona, 'group policy').toUpperCase()}}`
  const preferences = folder('Preferences', [folder('Groups', [file('Groups.xml', groups(persona, at))])])
  return folder('', [
    folder(dns, [
      folder('Policies', [
        policy(DEFAULT_DOMAIN_POLICY, []),
        policy(DEFAULT_CONTROLLERS_POLICY, []),
        policy(own, [preferences]),
      ]),
      folder('scripts', [file('logon.cmd', `@echo off\r\nnet time \\\\${dns} /set /yes\r\n`)]),
    ]),
  ])
}

function groups(persona: Persona, at: number): string {
  const password = `${persona.pick('local administrator', ['Welcome', 'Start', 'Local'])}${persona.integer('local administrator', 1000, 9999)}!`
  const cipher = createCipheriv('aes-256-cbc', PREFERENCE_KEY, Buffer.alloc(16))
  const secret = Buffer.concat([cipher.update(Buffer.from(password, 'utf16le')), cipher.final()]).toString('base64')
  const changed = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  const uid = `{${personaGuid(persona, 'local administrator').toUpperCase()}}`
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<Groups clsid="{3125E937-EB16-4b4c-9934-544FC6D24D26}">',
    `<User clsid="{DF5F1855-51E5-4d24-8B1A-D9BDE98BA1D1}" name="localadmin" image="2" changed="${changed}" uid="${uid}">`,
    `<Properties action="U" newName="" fullName="" description="" cpassword="${secret.replace(/=+$/, '')}" changeLogon="0" noChange="1" neverExpires="1" acctDisabled="0" userName="localadmin"/>`,
    '</User></Groups>',
  ].join('\r\n')
}
