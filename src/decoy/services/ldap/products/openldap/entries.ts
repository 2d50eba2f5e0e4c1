/** The bait directory of a Linux shop: people and groups as `libnss-ldap` reads them. */
import {loginName} from '../../../../active-directory/accounts.ts'
import {DEPARTMENTS, peopleOf} from '../../../../active-directory/people.ts'
import type {Persona} from '../../../../persona.ts'
import {keyOf} from '../../directory/dn.ts'
import {type Attribute, Entry, Tree} from '../../directory/tree.ts'

export interface OpenLdapUser {
  readonly dn: string
  readonly name: string
  readonly password: string
}

/** By the key of their DN. */
export type OpenLdapUsers = ReadonlyMap<string, OpenLdapUser>

const FIRST_UID = 10_000
const FIRST_GID = 5000
const DAY_MS = 86_400_000

/** Debian asks the resolver, and makes `nodomain` of no answer. */
export function suffixOf({facts}: Persona): string {
  return (facts.domain ?? 'nodomain')
    .toLowerCase()
    .split('.')
    .map((label) => `dc=${label}`)
    .join(',')
}

/** `admin` is the directory's own; all others are people. */
export function usersOf(entries: readonly string[], suffix: string): OpenLdapUsers {
  const users = entries.map((entry): OpenLdapUser => {
    const colon = entry.indexOf(':')
    const name = entry.slice(0, colon)
    const dn = name === 'admin' ? `cn=admin,${suffix}` : `uid=${name},ou=people,${suffix}`
    return {dn, name, password: entry.slice(colon + 1)}
  })
  return new Map(users.map((user) => [keyOf(user.dn), user]))
}

export function openLdapTree(persona: Persona, suffix: string, users: OpenLdapUsers): Tree {
  const build = new Builder(persona, suffix)
  const people = peopleOf(persona).map(({given, surname, department}) => ({
    uid: loginName(persona, given, surname),
    given,
    surname,
    gid: FIRST_GID + DEPARTMENTS.indexOf(department),
  }))
  const honey = [...users.values()]
    .filter(({name}) => name !== 'admin' && !people.some(({uid}) => uid === name.toLowerCase()))
    .map(({name}) => ({uid: name, given: name, surname: name, gid: FIRST_GID}))
  return new Tree([
    build.root(),
    build.unit('people'),
    build.unit('groups'),
    ...[...people, ...honey].map((person, index) => build.person(person, FIRST_UID + index)),
    ...DEPARTMENTS.map((name, index) =>
      build.group(
        name.toLowerCase(),
        FIRST_GID + index,
        people.filter(({gid}) => gid === FIRST_GID + index).map(({uid}) => uid),
      ),
    ),
  ])
}

interface PosixPerson {
  readonly uid: string
  readonly given: string
  readonly surname: string
  readonly gid: number
}

class Builder {
  readonly #persona: Persona
  readonly #suffix: string

  constructor(persona: Persona, suffix: string) {
    this.#persona = persona
    this.#suffix = suffix
  }

  root(): Entry {
    const name = /^dc=([^,]+)/.exec(this.#suffix)?.[1] ?? ''
    const organization = this.#suffix.replaceAll('dc=', '').replaceAll(',', '.')
    return this.#entry(this.#suffix, 'organization', [
      text('objectClass', 'top', 'dcObject', 'organization'),
      text('o', organization),
      text('dc', name),
    ])
  }

  unit(name: string): Entry {
    return this.#entry(`ou=${name},${this.#suffix}`, 'organizationalUnit', [
      text('objectClass', 'organizationalUnit'),
      text('ou', name),
    ])
  }

  person({uid, given, surname, gid}: PosixPerson, number: number): Entry {
    const mail = `${uid}@${this.#suffix.replaceAll('dc=', '').replaceAll(',', '.')}`
    return this.#entry(`uid=${uid},ou=people,${this.#suffix}`, 'inetOrgPerson', [
      text('objectClass', 'inetOrgPerson', 'posixAccount', 'shadowAccount'),
      text('uid', uid),
      text('cn', given === surname ? given : `${given} ${surname}`),
      text('sn', surname),
      text('givenName', given),
      text('mail', mail),
      text('uidNumber', String(number)),
      text('gidNumber', String(gid)),
      text('homeDirectory', `/home/${uid}`),
      text('loginShell', '/bin/bash'),
    ])
  }

  group(name: string, gid: number, members: readonly string[]): Entry {
    return this.#entry(`cn=${name},ou=groups,${this.#suffix}`, 'posixGroup', [
      text('objectClass', 'posixGroup'),
      text('cn', name),
      text('gidNumber', String(gid)),
      ...(members.length === 0 ? [] : [text('memberUid', ...members)]),
    ])
  }

  #entry(dn: string, structural: string, attributes: readonly Attribute[]): Entry {
    const persona = this.#persona
    const made = persona.installedAt + persona.integer(`ldap ${dn}`, 1, 60) * DAY_MS
    const stamp = `${new Date(made).toISOString().slice(0, 19).replace(/[-:T]/g, '')}`
    const micros = String(persona.integer(`ldap micros ${dn}`, 0, 999_999)).padStart(6, '0')
    const admin = `cn=admin,${this.#suffix}`
    const operational = (name: string, value: string): Attribute => ({name, values: [value], operational: true})
    return new Entry(dn, [
      ...attributes,
      operational('structuralObjectClass', structural),
      operational('entryUUID', uuid(persona.bytes(`ldap uuid ${dn}`, 16))),
      operational('creatorsName', admin),
      operational('createTimestamp', `${stamp}Z`),
      operational('entryCSN', `${stamp}.${micros}Z#000000#000#000000`),
      operational('modifiersName', admin),
      operational('modifyTimestamp', `${stamp}Z`),
      operational('entryDN', dn),
      operational('subschemaSubentry', 'cn=Subschema'),
      operational(
        'hasSubordinates',
        structural === 'organization' || structural === 'organizationalUnit' ? 'TRUE' : 'FALSE',
      ),
    ])
  }
}

const text = (name: string, ...values: string[]): Attribute => ({name, values})

/** slapd makes them of version 1 with clock sequence and node of its own. */
function uuid(bytes: Buffer): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x10, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
