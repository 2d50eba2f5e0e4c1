/** Which SSH server a machine has: what it announces, how it takes logins, and what is behind it. */
import {deviceOf} from '../../../persona/ios-device.ts'
import type {Persona} from '../../../persona.ts'
import type {AuthPolicy} from '../authenticator.ts'
import type {SSH_PRODUCTS} from '../choice.ts'
import {defaultVersion, type Release, releaseOf} from '../releases.ts'
import {
  CISCO_VERSION,
  ciscoRelease,
  DROPBEAR,
  DROPBEAR_VERSION,
  ESXI,
  ESXI_VERSION,
  ILO,
  ILO_VERSION,
} from './appliances.ts'

export type ProductName = (typeof SSH_PRODUCTS)[number]

/** What whoever gets in finds: an emulated Linux, Windows, one of two command lines, or nothing. */
export type InsideName = 'linux' | 'windows' | 'ios' | 'ilo' | 'none'

export interface Product {
  readonly version: string
  readonly release: Release
  readonly methods: readonly string[]
  readonly manner?: NonNullable<AuthPolicy['manner']>
  readonly inside: InsideName
}

/** As its login takes them one after another. */
const CISCO_METHODS = ['publickey', 'keyboard-interactive', 'password']

/** @param version that the fleet file wants. */
export function productOf(persona: Persona, name: ProductName | null, version: string | null): Product {
  switch (name ?? usualProduct(persona)) {
    case 'dropbear':
      return {
        version: version ?? DROPBEAR_VERSION,
        release: DROPBEAR,
        methods: ['publickey', 'password'],
        // A quarter of a second and what hashing takes on top; recorded: 321 to 367 ms.
        manner: {tries: 10, pause: [310, 370]},
        inside: insideOf(persona),
      }
    case 'cisco':
      return {
        version: version ?? CISCO_VERSION,
        release: ciscoRelease(deviceOf(persona).model.version),
        methods: CISCO_METHODS,
        manner: {tries: 3, pause: [1900, 2100]},
        inside: 'ios',
      }
    case 'ilo':
      return {
        version: version ?? ILO_VERSION,
        release: ILO,
        methods: ['publickey', 'password'],
        manner: {tries: 3, pause: [900, 1300]},
        inside: 'ilo',
      }
    case 'esxi':
      // Its shell is emulated by nobody.
      return {
        version: version ?? ESXI_VERSION,
        release: ESXI,
        methods: ['publickey', 'keyboard-interactive'],
        inside: 'none',
      }
    default: {
      const claimed = version ?? defaultVersion(persona)
      return {
        version: claimed,
        release: releaseOf(claimed, persona),
        methods: opensshMethods(persona),
        inside: insideOf(persona),
      }
    }
  }
}

function usualProduct({facts}: Persona): ProductName {
  if (facts.os === 'cisco') return 'cisco'
  if (facts.archetype === 'bmc') return 'ilo'
  if (facts.archetype === 'esxi') return 'esxi'
  return facts.os === 'embedded' ? 'dropbear' : 'openssh'
}

/** The emulated file system is a Linux one: no other system may show it. */
function insideOf({facts: {os}}: Persona): InsideName {
  if (os.startsWith('windows')) return 'windows'
  return os === 'linux' || os === 'embedded' ? 'linux' : 'none'
}

/** Debian's family turns keyboard-interactive off; Windows and Alpine offer all three. */
function opensshMethods({facts}: Persona): readonly string[] {
  if (facts.os.startsWith('windows') || facts.distro === 'alpine') {
    return ['publickey', 'password', 'keyboard-interactive']
  }
  const redHat = ['rocky9', 'centos7', 'fedora'].includes(facts.distro)
  return redHat ? ['publickey', 'gssapi-keyex', 'gssapi-with-mic', 'password'] : ['publickey', 'password']
}
