/** Applications and appliances: what each needs to know, and what each is. */
import type {Persona} from '../../../../persona.ts'
import type {TlsChoice} from '../../../../tls/stacks.ts'
import type {CreateGuard} from '../../auth/guard.ts'
import type {Passwords} from '../../auth/windows-guard.ts'
import type {Verify} from '../../login/credentials.ts'
import type {Application, Product} from '../product.ts'

export interface SkinFacts {
  readonly persona: Persona
  readonly version: string
  /** The name that the server gives itself where a client names none. */
  readonly name: string
  readonly port: number
  readonly secure: boolean
  readonly verify: Verify
  /** What the operator calls the site; null: what the product calls it. */
  readonly title: string | null
}

export interface Skin {
  /** Released versions that are found in companies; a machine has one of them. */
  readonly versions: readonly string[]
  /** The one that other services of the machine tell; by default any of `versions`. */
  usual?(persona: Persona): string
  /** By default what other services of the machine have. */
  readonly tls?: TlsChoice
  /** Plain HTTP leads to HTTPS, as the product has it by default. */
  readonly redirects?: boolean
  /** Its answer then, where it is not that of its pages. */
  redirect?(facts: SkinFacts): Application
  server(facts: SkinFacts): Product
  application(facts: SkinFacts): Application
  /** Authentication of everything that its application does not claim; absent: everybody is welcome. */
  guard?(facts: SkinFacts, passwords: Passwords): CreateGuard
}
