/** Which web server, in which version, a machine of some distribution runs. */
import type {Persona} from '../../../persona.ts'
import type {WebServerName} from './names.ts'

/** How a distribution builds and configures Apache. */
export interface ApacheFlavour {
  /** In parentheses after the version. */
  readonly label: string
  /** `ServerSignature`: the address line of generated pages. */
  readonly signature: boolean
  readonly trace: boolean
  /** mod_deflate compresses, and says so in `Vary`. */
  readonly deflate: boolean
  /** `AddDefaultCharset`. */
  readonly charset: string | null
  /** What `/` of an empty site answers: the distribution's welcome is an index page or the text of a 403. */
  readonly welcomeStatus: 200 | 403
}

const DEBIAN_LIKE = {signature: true, trace: false, deflate: true, charset: null, welcomeStatus: 200} as const
const RED_HAT_LIKE = {signature: false, trace: true, deflate: false, charset: 'UTF-8', welcomeStatus: 403} as const
const UPSTREAM = {signature: false, trace: true, deflate: false, charset: null, welcomeStatus: 200} as const

/** Of appliances that build it themselves, without what tests of security find fault with. */
export const FIRMWARE_FLAVOUR: ApacheFlavour = {...UPSTREAM, trace: false, label: 'Unix'}
/** Of the distribution that FreePBX comes with. */
export const SANGOMA_FLAVOUR: ApacheFlavour = {...RED_HAT_LIKE, label: 'Sangoma'}

interface Release {
  readonly distro: RegExp
  readonly nginx: string
  readonly apache: string
  readonly flavour: ApacheFlavour
  /** Where the distribution has a clear favourite. */
  readonly favourite?: WebServerName
}

/** First match counts. nginx carries its label in the version. */
const RELEASES: readonly Release[] = [
  {distro: /ubuntu.?24/, nginx: '1.24.0 (Ubuntu)', apache: '2.4.58', flavour: {...DEBIAN_LIKE, label: 'Ubuntu'}},
  {distro: /ubuntu.?20/, nginx: '1.18.0 (Ubuntu)', apache: '2.4.41', flavour: {...DEBIAN_LIKE, label: 'Ubuntu'}},
  {distro: /ubuntu/, nginx: '1.18.0 (Ubuntu)', apache: '2.4.52', flavour: {...DEBIAN_LIKE, label: 'Ubuntu'}},
  {
    distro: /centos/,
    nginx: '1.20.1',
    apache: '2.4.6',
    flavour: {...RED_HAT_LIKE, label: 'CentOS'},
    favourite: 'apache',
  },
  {
    distro: /rocky|rhel|alma/,
    nginx: '1.20.1',
    apache: '2.4.57',
    flavour: {...RED_HAT_LIKE, label: 'Rocky Linux'},
    favourite: 'apache',
  },
  {
    distro: /fedora/,
    nginx: '1.24.0',
    apache: '2.4.58',
    flavour: {...RED_HAT_LIKE, label: 'Fedora Linux'},
    favourite: 'apache',
  },
  {distro: /alpine/, nginx: '1.24.0', apache: '2.4.58', flavour: {...UPSTREAM, label: 'Unix'}, favourite: 'nginx'},
  {distro: /arch/, nginx: '1.24.0', apache: '2.4.58', flavour: {...UPSTREAM, label: 'Unix'}},
  {distro: /bsd/, nginx: '1.24.0', apache: '2.4.58', flavour: {...UPSTREAM, label: 'FreeBSD'}},
  {distro: /kali/, nginx: '1.24.0', apache: '2.4.58', flavour: {...DEBIAN_LIKE, label: 'Debian'}},
  {
    distro: /^(?:embedded|ios)$/,
    nginx: '1.18.0',
    apache: '2.4.41',
    flavour: {...UPSTREAM, label: 'Unix'},
    favourite: 'nginx',
  },
  {distro: /windows/, nginx: '1.24.0', apache: '2.4.58', flavour: {...UPSTREAM, label: 'Win64'}},
]
const DEBIAN: Release = {
  distro: /^/,
  nginx: '1.22.1',
  apache: '2.4.62',
  flavour: {...DEBIAN_LIKE, label: 'Debian'},
}

const releaseOf = (persona: Persona): Release =>
  RELEASES.find(({distro}) => distro.test(persona.facts.distro.toLowerCase())) ?? DEBIAN

const isWindows = (persona: Persona): boolean => persona.facts.os.startsWith('windows')

export function defaultProduct(persona: Persona): WebServerName {
  if (isWindows(persona)) return 'iis'
  return releaseOf(persona).favourite ?? persona.pick('http-product', ['nginx', 'apache'] as const)
}

export const apacheFlavour = (persona: Persona): ApacheFlavour => releaseOf(persona).flavour

/** Debian and Ubuntu turn compression on in the configuration they ship. */
export const nginxCompresses = (persona: Persona): boolean => releaseOf(persona).flavour.deflate

export function defaultVersion(product: WebServerName, persona: Persona): string {
  if (product === 'iis') return /2012/.test(persona.facts.distro) ? '8.5' : '10.0'
  return releaseOf(persona)[product]
}
