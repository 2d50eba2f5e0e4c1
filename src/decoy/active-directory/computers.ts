/** Computers of the domain that the directory lists, named as the fleet's first controller is. */
import {domainOf} from '../persona/domain.ts'
import {windowsRelease} from '../persona/windows.ts'
import type {Persona} from '../persona.ts'

export interface Computer {
  /** Host name in capitals. */
  readonly name: string
  readonly role: 'DC' | 'FS' | 'SQL' | 'WEB' | 'PC'
  /** As operatingSystem shows it. */
  readonly system: string
}

const SERVERS = ['FS', 'SQL', 'WEB'] as const
const CLIENT_SYSTEM = 'Windows 10 Pro'

/** The controller first. `BER-DC01` has `BER-FS01` beside it; the machine itself is among them. */
export function computersOf(persona: Persona): readonly Computer[] {
  const domain = domainOf(persona)
  if (domain === null) return []
  const system = windowsRelease(persona).product
  const named = (role: string, number: number): string => {
    const digits = String(number).padStart(2, '0')
    const name = domain.controller.replace(/DC\d*$/, `${role}${digits}`)
    return name === domain.controller ? `${role}${digits}` : name
  }
  const clients = [1, 2, 3].map((index) => persona.fleet.integer(`client ${index}`, index * 10, index * 10 + 9))
  const listed: Computer[] = [
    {name: domain.controller, role: 'DC', system},
    ...SERVERS.map((role, index) => ({
      name: named(role, persona.fleet.integer(`server ${index}`, 1, 3)),
      role,
      system,
    })),
    ...clients.map((number) => ({name: named('PC', number), role: 'PC' as const, system: CLIENT_SYSTEM})),
  ]
  const own = persona.hostname.toUpperCase()
  const server = persona.facts.os === 'windows_server'
  if (!server || listed.some(({name}) => name === own)) return listed
  return [...listed, {name: own, role: 'FS', system}]
}
