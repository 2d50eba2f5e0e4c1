/** Who has mail here: what SMTP takes mail for, and whose boxes IMAP and POP3 open. */
import {loginName} from '../active-directory/accounts.ts'
import {peopleOf} from '../active-directory/people.ts'
import type {Persona} from '../persona.ts'

export interface Mailbox {
  /** What stands before the `@`, and what its owner signs in as; lower case. */
  readonly user: string
  /** As a From header shows it. */
  readonly name: string
  readonly kind: 'person' | 'shared' | 'system' | 'honey'
  /** Of a person: where they work and as what. */
  readonly department?: string
  readonly title?: string
}

const SHARED = [
  {user: 'info', name: 'Info'},
  {user: 'support', name: 'IT Support'},
  {user: 'accounting', name: 'Accounting'},
  {user: 'hr', name: 'Human Resources'},
  {user: 'sales', name: 'Sales'},
  {user: 'scanner', name: 'Scanner'},
] as const

/** RFC 2142 §5 wants the first; the others every Unix machine has, or an alias in their place. */
const SYSTEM = [
  {user: 'postmaster', name: 'Postmaster'},
  {user: 'root', name: 'root'},
] as const

/** Shared mailboxes besides the people's. */
const SHARED_KEPT = 3

/**
 * The local mailboxes: the company's people, a few that are nobody's, the system's, and those of honey users. The same
 * for every mail service of a decky which is given the same honey users.
 */
export function mailboxesOf(persona: Persona, honeyNames: Iterable<string> = []): readonly Mailbox[] {
  const people = peopleOf(persona).map(({given, surname, department, title}): Mailbox => {
    const user = loginName(persona, given, surname)
    return {user, name: `${given} ${surname}`, kind: 'person', department, title}
  })
  const first = persona.fleet.integer('shared mailboxes', 0, SHARED.length - 1)
  const shared = Array.from({length: SHARED_KEPT}, (_, index): Mailbox[] => {
    const box = SHARED[(first + index) % SHARED.length]
    return box === undefined ? [] : [{...box, kind: 'shared'}]
  }).flat()
  const system = SYSTEM.map((box): Mailbox => ({...box, kind: 'system'}))
  const boxes = new Map([...people, ...shared, ...system].map((box) => [box.user, box]))
  for (const name of honeyNames) {
    const user = (name.split('@', 1)[0] ?? name).toLowerCase()
    if (!boxes.has(user)) boxes.set(user, {user, name: user, kind: 'honey'})
  }
  return [...boxes.values()]
}

/** What stands behind the `@` of its addresses: the company's domain, or the machine's own name where there is none. */
export function mailDomain(persona: Persona): string {
  return (persona.facts.domain ?? persona.hostname).toLowerCase()
}
