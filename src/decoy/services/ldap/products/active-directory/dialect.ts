/** Active Directory on Windows Server 2019 and 2022. */
import type {Account, Accounts} from '../../../../active-directory/accounts.ts'
import {domainGuid} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import {parseDn} from '../../directory/dn.ts'
import type {Attribute, Tree} from '../../directory/tree.ts'
import {SCOPE, type SearchRequest} from '../../wire/operations.ts'
import {type Outcome, SUCCESS} from '../../wire/results.ts'
import type {Dialect, Identity, Principal, SimpleLogin, SimpleVerdict} from '../dialect.ts'
import {activeDirectoryTree} from './entries.ts'
import {controllerNames, rootDse, SUPPORTED_CONTROLS} from './root-dse.ts'
import {LOGON, Texts} from './texts.ts'

/** MaxReceiveBuffer is 10 MiB; nobody who is not bound needs more than this. */
const LARGEST_MESSAGE = 512 * 1024

export class ActiveDirectory implements Dialect {
  readonly name = 'active-directory'
  readonly form = 'four-octet'
  readonly largestMessage = LARGEST_MESSAGE
  readonly plus = false
  readonly controls = SUPPORTED_CONTROLS
  readonly namesStartTls = true
  readonly texts: Texts
  readonly accounts: Accounts
  readonly #persona: Persona
  #tree: Tree | null = null

  constructor(persona: Persona, accounts: Accounts) {
    this.#persona = persona
    this.accounts = accounts
    this.texts = new Texts(persona)
  }

  /** Made for the first client that gets to see it. */
  get tree(): Tree {
    this.#tree ??= activeDirectoryTree(this.#persona, this.accounts)
    return this.#tree
  }

  get unknownExtension(): Outcome {
    return this.texts.extension
  }

  get criticalControl(): Outcome {
    return this.texts.control
  }

  get tlsAlready(): Outcome {
    return this.texts.tls
  }

  readonly unknownMechanism = (): Outcome => this.texts.mechanism

  malformed(): Outcome {
    return this.texts.decoding
  }

  /** Versions 2 and 3 are served, and nobody looks closer. */
  versionOutcome(): Outcome | null {
    return null
  }

  bind({name, password}: SimpleLogin): SimpleVerdict {
    // A name without a password is anonymous (RFC 4513 §5.1.2), which Active Directory does not mind.
    if (name === '' || password === '') return {outcome: SUCCESS, who: null, refused: false}
    const account = this.#account(name)
    if (account === undefined || account.password !== password) return refused(this.texts.refused(LOGON.WRONG))
    if (account.kind !== 'honey') return refused(this.texts.refused(LOGON.WORKSTATION))
    return {outcome: SUCCESS, who: this.identity(account), refused: false}
  }

  identity({name}: Account): Identity {
    return {authorization: `u:${this.accounts.domain.netbios}\\${name}`}
  }

  principal(name: string): Principal {
    const nt4 = /^([^\\=]{1,64})\\([^\\]+)$/.exec(name)
    if (nt4 !== null) return {principal: nt4[2] ?? name, domain: nt4[1] ?? ''}
    const upn = /^([^@=]+)@([^@=]{1,255})$/.exec(name)
    if (upn !== null) return {principal: upn[1] ?? name, domain: upn[2] ?? ''}
    return {principal: name}
  }

  /** That of the domain's object. */
  get domainGuid(): string {
    return domainGuid(this.#persona) ?? ''
  }

  rootDse(now: number): Attribute[] {
    return rootDse(this.#persona, this.accounts.domain, now)
  }

  searchRefusal({base, scope}: SearchRequest, bound: boolean, everything: boolean): Outcome | null {
    if (base === '' && (!everything || scope === SCOPE.BASE)) return this.texts.noObject('')
    if (!bound) return this.texts.notBound
    if (base === '') return null
    const parts = parseDn(base)
    if (parts === null) return this.texts.badName(base.slice(0, 256))
    if (this.tree.find(base) !== undefined) return null
    const nearest = this.tree.nearest(base)
    if (nearest !== undefined) return this.texts.noObject(nearest.dn)
    const labels = parts.flatMap((part) => (part.startsWith('dc=') ? [part.slice(3)] : []))
    const hostile = labels.length === 0 || labels.some((label) => !/^[a-z0-9_-]{1,63}$/.test(label))
    return hostile ? this.texts.noObject('') : this.texts.elsewhere(labels.join('.'), base.slice(0, 512))
  }

  references({base, scope}: SearchRequest, everything: boolean): readonly string[] {
    const {dns, distinguishedName} = this.accounts.domain
    const root = base.toLowerCase() === distinguishedName.toLowerCase()
    if (everything || scope !== SCOPE.SUBTREE || !root) return []
    return [
      ...['ForestDnsZones', 'DomainDnsZones'].map((zone) => `ldap://${zone}.${dns}/DC=${zone},${distinguishedName}`),
      `ldap://${dns}/${controllerNames(this.accounts.domain).configuration}`,
    ]
  }

  changeOutcome(bound: boolean): Outcome {
    return bound ? this.texts.denied : this.texts.notBound
  }

  compareOutcome(bound: boolean): Outcome {
    return this.changeOutcome(bound)
  }

  /** DN, user principal name, `DOMAIN\user`, or the display name (MS-ADTS §5.1.1.1.1). */
  #account(name: string): Account | undefined {
    const {principal, domain} = this.principal(name)
    if (domain !== undefined) {
      const {dns, netbios} = this.accounts.domain
      const ours = [dns, netbios.toLowerCase()].includes(domain.toLowerCase())
      return ours ? this.accounts.find(principal) : undefined
    }
    const login = name.includes('=') ? this.tree.find(name)?.text('sAMAccountName') : undefined
    if (login !== undefined) return this.accounts.find(login)
    return this.accounts.all.find(({cn}) => cn.toLowerCase() === name.toLowerCase())
  }
}

const refused = (outcome: Outcome): SimpleVerdict => ({outcome, refused: true})
