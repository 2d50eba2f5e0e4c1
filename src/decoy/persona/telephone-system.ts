/** The FreePBX that a persona is: SIP and its web interface name the same release. */
import type {Persona} from '../persona.ts'

export interface TelephoneSystem {
  /** The release of FreePBX. */
  readonly version: string
  /** The Asterisk that it drives. */
  readonly asterisk: string
}

/** From the distribution of their maker, which is a CentOS 7. */
const RELEASES: readonly TelephoneSystem[] = [
  {version: '15.0.38', asterisk: '16.30.0'},
  {version: '16.0.33', asterisk: '18.13.0'},
  {version: '16.0.40.7', asterisk: '18.16.0'},
  {version: '16.0.40', asterisk: '16.30.0'},
]

export const FREEPBX_VERSIONS: readonly string[] = RELEASES.map(({version}) => version)

export const telephoneSystemOf = (persona: Persona): TelephoneSystem => persona.pick('freepbx release', RELEASES)
