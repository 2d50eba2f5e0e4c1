/** Which telephone system a machine of some distribution runs, and how it names itself. */
import type {OptionValues} from '../../definition.ts'
import {refuse} from '../../option-conflicts.ts'
import {telephoneSystemOf} from '../../persona/telephone-system.ts'
import type {Persona} from '../../persona.ts'
import {requestedProduct, sipConflicts} from './choice.ts'

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

export function releaseOf(persona: Persona, options: OptionValues): Release {
  refuse(sipConflicts(options, persona.facts))
  const {distro} = persona.facts
  const usual = distro === 'centos7' ? 'freepbx' : 'asterisk'
  const chosen = requestedProduct(options, persona.facts) ?? usual
  const wanted = typeof options.version === 'string' ? options.version : null
  if (chosen === 'freepbx') {
    const {version: release, asterisk} = telephoneSystemOf(persona)
    return {product: chosen, server: `FPBX-${wanted ?? `${release}(${asterisk})`}`}
  }
  const packaged = PACKAGED[distro] ?? BUILT
  return {product: chosen, server: `Asterisk PBX ${wanted ?? persona.pick('asterisk release', packaged)}`}
}
