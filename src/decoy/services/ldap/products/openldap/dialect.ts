/** slapd of OpenLDAP 2.4 to 2.6 as Debian sets it up: everybody may read all but passwords. */
import {versionOf} from '../../../../persona/products.ts'
import type {Persona} from '../../../../persona.ts'
import {keyOf, parseDn} from '../../directory/dn.ts'
import type {Attribute, Tree} from '../../directory/tree.ts'
import {SCOPE, type SearchRequest} from '../../wire/operations.ts'
import {type Outcome, RESULT, SUCCESS} from '../../wire/results.ts'
import type {Dialect, Principal, SimpleLogin, SimpleVerdict} from '../dialect.ts'
import {type OpenLdapUsers, openLdapTree, suffixOf, usersOf} from './entries.ts'
import {OPENLDAP_CONTROLS, rootDse, SUBSCHEMA} from './root-dse.ts'

/** `sockbuf_max_incoming`, of clients that are not bound. */
const LARGEST_MESSAGE = 262_143

export class OpenLdap implements Dialect {
  readonly name = 'openldap'
  readonly form = 'minimal'
  readonly largestMessage = LARGEST_MESSAGE
  readonly plus = true
  readonly controls = OPENLDAP_CONTROLS
  readonly namesStartTls = false
  readonly suffix: string
  readonly unknownExtension = {code: RESULT.PROTOCOL_ERROR, text: 'unsupported extended operation'}
  readonly criticalControl = {code: RESULT.UNAVAILABLE_CRITICAL_EXTENSION, text: 'critical extension is not recognized'}
  readonly tlsAlready = {code: RESULT.OPERATIONS_ERROR, text: 'TLS already started'}
  readonly #users: OpenLdapUsers
  readonly #persona: Persona
  readonly #version: string
  #tree: Tree | null = null

  constructor(persona: Persona, users: readonly string[]) {
    this.#persona = persona
    this.suffix = suffixOf(persona)
    this.#users = usersOf(users, this.suffix)
    this.#version = versionOf(persona, 'openldap')
  }

  get tree(): Tree {
    this.#tree ??= openLdapTree(this.#persona, this.suffix, this.#users)
    return this.#tree
  }

  readonly unknownMechanism = (mechanism: string): Outcome => ({
    code: RESULT.AUTH_METHOD_NOT_SUPPORTED,
    text: `SASL(-4): no mechanism available: Couldn't find mech ${mechanism.slice(0, 20)}`,
  })

  malformed(what: 'decoding' | 'unknown'): Outcome | null {
    return {code: RESULT.PROTOCOL_ERROR, text: what === 'unknown' ? 'unknown LDAP request' : 'decoding error'}
  }

  versionOutcome(version: number): Outcome | null {
    if (version === 3) return null
    const old = version >= 1 && version < 3
    const text = old
      ? 'historical protocol version requested, use LDAPv3 instead'
      : 'requested protocol version not supported'
    return {code: RESULT.PROTOCOL_ERROR, text}
  }

  bind({name, password}: SimpleLogin): SimpleVerdict {
    if (name === '') return {outcome: SUCCESS, who: null, refused: false}
    if (parseDn(name) === null) return refused({code: RESULT.INVALID_DN_SYNTAX, text: 'invalid DN'})
    if (password === '') {
      return refused({
        code: RESULT.UNWILLING_TO_PERFORM,
        text: 'unauthenticated bind (DN with no password) disallowed',
      })
    }
    const user = this.#users.get(keyOf(name))
    if (user?.password !== password) return refused({code: RESULT.INVALID_CREDENTIALS})
    return {outcome: SUCCESS, who: {authorization: `dn:${user.dn}`}, refused: false}
  }

  principal(name: string): Principal {
    return {principal: name}
  }

  rootDse(): Attribute[] {
    return rootDse(this.suffix, this.#version)
  }

  searchRefusal({base, scope}: SearchRequest): Outcome | null {
    if (base === '') return scope === SCOPE.BASE ? null : {code: RESULT.NO_SUCH_OBJECT}
    if (parseDn(base) === null) return {code: RESULT.INVALID_DN_SYNTAX, text: 'invalid DN'}
    if (keyOf(base) === SUBSCHEMA || this.tree.find(base) !== undefined) return null
    const matched = this.tree.nearest(base)?.dn
    return {code: RESULT.NO_SUCH_OBJECT, ...(matched === undefined ? {} : {matched})}
  }

  references(): readonly string[] {
    return []
  }

  changeOutcome(bound: boolean): Outcome {
    if (bound) return {code: RESULT.INSUFFICIENT_ACCESS_RIGHTS, text: 'no write access to parent'}
    return {code: RESULT.STRONG_AUTH_REQUIRED, text: 'modifications require authentication'}
  }

  compareOutcome(): Outcome {
    return {code: RESULT.COMPARE_FALSE}
  }
}

const refused = (outcome: Outcome): SimpleVerdict => ({outcome, refused: true})
