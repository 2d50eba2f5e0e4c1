/** Which mail server a machine has, and in which version. */
import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import type {MtaName} from '../choice.ts'
import {exchange} from './exchange.ts'
import {exim} from './exim.ts'
import type {Mta} from './mta.ts'
import {postfix} from './postfix.ts'
import {sendmail} from './sendmail.ts'

const EXIM_VERSIONS: Readonly<Record<string, string>> = {debian: '4.96', ubuntu22: '4.95', ubuntu20: '4.93'}
/** What the ports and other distributions had in early 2024. */
const EXIM_USUAL = '4.97.1'

/** The program's version, and what Debian adds to that of its configuration. */
const SENDMAIL_VERSIONS: Readonly<Record<string, readonly [version: string, package_: string]>> = {
  debian: ['8.17.1.9', '/Debian-2+deb12u2'],
  ubuntu22: ['8.15.2', '/Debian-22ubuntu3'],
  ubuntu20: ['8.15.2', '/Debian-18'],
  rocky9: ['8.16.1', ''],
  centos7: ['8.14.7', ''],
}
const SENDMAIL_USUAL = ['8.17.2', ''] as const

/** @param wanted version that the fleet file wants; null: what fits the persona. */
export function mtaOf(persona: Persona, name: MtaName, wanted: string | null): Mta {
  const {distro} = persona.facts
  switch (name) {
    case 'postfix':
      return postfix({version: twoNumbers(wanted ?? versionOf(persona, 'postfix')), vendor: vendorOf(distro)})
    case 'exim':
      return exim({version: wanted ?? EXIM_VERSIONS[distro] ?? EXIM_USUAL})
    case 'sendmail': {
      const [usual, suffix] = SENDMAIL_VERSIONS[distro] ?? SENDMAIL_USUAL
      const version = wanted ?? usual
      return sendmail({version, configuration: `${version}${suffix}`, debian: suffix !== ''})
    }
    case 'exchange':
      return exchange()
    default:
      return name satisfies never
  }
}

function twoNumbers(version: string): [number, number] {
  const [major = 3, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}

/** `smtpd_banner` as the distributions set it. */
function vendorOf(distro: string): string {
  if (distro === 'debian' || distro === 'kali') return ' (Debian/GNU)'
  return distro.startsWith('ubuntu') ? ' (Ubuntu)' : ''
}
