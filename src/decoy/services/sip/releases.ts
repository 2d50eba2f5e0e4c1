/** Which telephone system a machine of some distribution runs, and how it names itself. */
import type {OptionValues} from '../../definition.ts'
import {telephoneSystemOf} from '../../persona/telephone-system.ts'
import type {Persona} from '../../persona.ts'

export interface Release {
  readonly product: 'asterisk' | 'freepbx'
  /** What its `Server` header says. */
  readonly server: string
}

/** Packages of the distributions; Debian 12 has none, so that what runs there came with Debian 11. */
const PACKAGED: Readonly<Record<string, readonly string[]>> = {
  debian: ['16.28.0~dfsg-0+deb11u3', '16.28.0~dfsg-0+deb11u4'],
  ubuntu22: ['18.10.0~dfsg+~cs6.10.40431411-2'],
  ubuntu20: ['16.2.1~dfsg-2ubuntu1'],
}
/** Built from source, with the driver that its administrators know. */
const BUILT = ['18.16.0', '18.20.2', '16.30.0']

export function releaseOf(persona: Persona, {product, version}: OptionValues): Release {
  const {distro, archetype} = persona.facts
  const usual = archetype === 'voip-pbx' || distro === 'centos7' ? 'freepbx' : 'asterisk'
  const chosen = product === 'asterisk' || product === 'freepbx' ? product : usual
  const wanted = typeof version === 'string' ? version : null
  if (chosen === 'freepbx') {
    if (wanted !== null && !/\(\d/.test(wanted)) {
      throw new RangeError(
        `freepbx names the Asterisk below it, too: 16.0.40.7(18.16.0), not ${JSON.stringify(wanted)}`,
      )
    }
    const {version: release, asterisk} = telephoneSystemOf(persona)
    return {product: chosen, server: `FPBX-${wanted ?? `${release}(${asterisk})`}`}
  }
  if (wanted?.includes('(') === true) throw new RangeError(`asterisk has no version ${JSON.stringify(wanted)}`)
  const packaged = PACKAGED[distro] ?? BUILT
  return {product: chosen, server: `Asterisk PBX ${wanted ?? persona.pick('asterisk release', packaged)}`}
}
