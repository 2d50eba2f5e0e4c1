import {describe, expect, it} from 'vitest'

import {mailboxesOf, mailDomain} from '../../../src/decoy/persona/mailboxes.ts'
import {Persona, type PersonaFacts} from '../../../src/decoy/persona.ts'

const persona = (seed: string, fleet: string, facts: Partial<PersonaFacts> = {}): Persona =>
  new Persona({
    hostname: 'mail01',
    domain: 'corp.example',
    os: 'linux',
    distro: 'debian',
    archetype: 'mail-server',
    ip: '10.0.0.5',
    mac: '00:50:56:01:02:03',
    seed: seed.repeat(32),
    since: '2026-01-01T00:00:00.000Z',
    fleet: {seed: fleet.repeat(32), site: 'ber', controller: 'DC01'},
    ...facts,
  })

describe('mailboxes', () => {
  it('are the same on all machines of an install, and others elsewhere', () => {
    const users = (one: Persona) => mailboxesOf(one).map(({user}) => user)
    expect(users(persona('01', 'aa'))).toEqual(users(persona('02', 'aa')))
    expect(users(persona('01', 'aa'))).not.toEqual(users(persona('01', 'bb')))
  })

  it('are of people, of nobody in particular, and of the system; no name twice', () => {
    const boxes = mailboxesOf(persona('01', 'aa'))
    expect(new Set(boxes.map(({kind}) => kind))).toEqual(new Set(['person', 'shared', 'system']))
    expect(new Set(boxes.map(({user}) => user)).size).toBe(boxes.length)
    for (const {user} of boxes) expect(user).toMatch(/^[a-z][a-z.]*$/)
  })

  it('are those of honey users, too', () => {
    const boxes = mailboxesOf(persona('01', 'aa'), ['Backup@corp.example', 'root'])
    expect(boxes.find(({user}) => user === 'backup')?.kind).toBe('honey')
    expect(boxes.filter(({user}) => user === 'root')).toHaveLength(1)
  })

  it('belong to the company, or to the machine alone', () => {
    expect(mailDomain(persona('01', 'aa', {domain: 'Corp.Example'}))).toBe('corp.example')
    expect(mailDomain(persona('01', 'aa', {domain: null}))).toBe('mail01')
  })
})
