/**
 * The words of a domain controller. They begin with the error of Win32 or of the security package, name the place in
 * the source (DSID), end with the build in hexadecimal, and a NUL is sent with them.
 */
import {windowsRelease} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import {type Outcome, RESULT} from '../../wire/results.ts'

/** Seen on controllers of these builds with the updates of 2024. */
interface Places {
  readonly bind: string
  readonly notBound: string
  readonly name: string
  readonly badName: string
  readonly decoding: string
  readonly control: string
  readonly extension: string
  readonly mechanism: string
  readonly tls: string
  readonly rights: string
}

const SERVER_2019: Places = {
  bind: '0C090569',
  notBound: '0C090CF4',
  name: '0310021C',
  badName: '03100225',
  decoding: '0C0C009A',
  control: '0C09135C',
  extension: '0C0911A8',
  mechanism: '0C0905DF',
  tls: '0C0912FB',
  rights: '03152E29',
}
const SERVER_2022: Places = {
  ...SERVER_2019,
  bind: '0C09050E',
  notBound: '0C090C78',
  name: '03100221',
  badName: '03100233',
  rights: '03152E13',
}
const BUILD_2022 = 20_348

/** What a logon fails with: sub-codes of AcceptSecurityContext. */
export const LOGON = {
  WRONG: '52e',
  DISABLED: '533',
  WORKSTATION: '531',
} as const

export class Texts {
  readonly #places: Places
  readonly #version: string

  constructor(persona: Persona) {
    const {build} = windowsRelease(persona)
    this.#places = build >= BUILD_2022 ? SERVER_2022 : SERVER_2019
    this.#version = `v${build.toString(16)}`
  }

  /** SEC_E_INVALID_TOKEN of a simple bind; a security package of its own says SEC_E_LOGON_DENIED. */
  refused(reason: string, status: '80090308' | '8009030C' = '80090308'): Outcome {
    const text = this.#ldap(status, this.#places.bind, 'AcceptSecurityContext error', reason)
    return {code: RESULT.INVALID_CREDENTIALS, text}
  }

  get notBound(): Outcome {
    const comment = 'In order to perform this operation a successful bind must be completed on the connection.'
    return {code: RESULT.OPERATIONS_ERROR, text: this.#ldap('000004DC', this.#places.notBound, comment)}
  }

  noObject(matched: string): Outcome {
    const problem = `0000208D: NameErr: DSID-${this.#places.name}, problem 2001 (NO_OBJECT), data 0, best match of:`
    return {code: RESULT.NO_SUCH_OBJECT, matched, text: `${problem}\n\t'${matched}'\n\0`}
  }

  badName(dn: string): Outcome {
    const problem = `0000208F: NameErr: DSID-${this.#places.badName}, problem 2006 (BAD_NAME), data 8350, best match of:`
    return {code: RESULT.INVALID_DN_SYNTAX, text: `${problem}\n\t'${dn}'\n\0`}
  }

  /** To another domain, which only its name tells. */
  elsewhere(dns: string, dn: string): Outcome {
    const text = `0000202B: RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '${dns}'\n\0`
    return {code: RESULT.REFERRAL, text, referral: `ldap://${dns}/${dn}`}
  }

  get denied(): Outcome {
    const text = `00000005: SecErr: DSID-${this.#places.rights}, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n\0`
    return {code: RESULT.INSUFFICIENT_ACCESS_RIGHTS, text}
  }

  get decoding(): Outcome {
    return {
      code: RESULT.PROTOCOL_ERROR,
      text: this.#ldap('00000057', this.#places.decoding, 'Error decoding ldap message'),
    }
  }

  get control(): Outcome {
    const text = this.#ldap('00000057', this.#places.control, 'Error processing control')
    return {code: RESULT.UNAVAILABLE_CRITICAL_EXTENSION, text}
  }

  get extension(): Outcome {
    return {
      code: RESULT.PROTOCOL_ERROR,
      text: this.#ldap('0000203D', this.#places.extension, 'Unknown extended request OID'),
    }
  }

  get mechanism(): Outcome {
    const text = this.#ldap('00002027', this.#places.mechanism, 'Invalid Authentication method')
    return {code: RESULT.AUTH_METHOD_NOT_SUPPORTED, text}
  }

  get tls(): Outcome {
    return {
      code: RESULT.OPERATIONS_ERROR,
      text: this.#ldap('00000000', this.#places.tls, 'TLS or SSL already in effect'),
    }
  }

  #ldap(error: string, place: string, comment: string, data = '0'): string {
    return `${error}: LdapErr: DSID-${place}, comment: ${comment}, data ${data}, ${this.#version}\0`
  }
}
