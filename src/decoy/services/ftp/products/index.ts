import {cameraOf} from '../../../persona/camera.ts'
import {printerOf} from '../../../persona/printer.ts'
import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import {FTP_PRODUCTS} from '../definition.ts'
import {axis, jetdirect} from './appliances.ts'
import {iis} from './iis.ts'
import type {Product} from './product.ts'
import {proftpd} from './proftpd.ts'
import {vsftpd} from './vsftpd.ts'

export interface Choice {
  readonly product: string | null
  readonly version: string | null
  readonly banner: string | null
}

export function productOf(persona: Persona, {product, version, banner}: Choice): Product {
  const name = FTP_PRODUCTS.find((known) => known === product) ?? usual(persona)
  const {distro, ip} = persona.facts
  switch (name) {
    case 'vsftpd':
      return vsftpd(version ?? versionOf(persona, 'vsftpd'), banner)
    case 'proftpd':
      // `ServerName` is Debian's there, and the host's elsewhere.
      return proftpd(
        version ?? versionOf(persona, 'proftpd'),
        banner,
        ip,
        distro === 'debian' ? 'Debian' : persona.fqdn,
      )
    case 'axis':
      return axis(cameraOf(persona), banner, version)
    case 'jetdirect':
      return jetdirect(printerOf(persona), banner)
    default:
      return iis(banner)
  }
}

/** Of machines whose maker wrote the server. */
const BY_ARCHETYPE: Readonly<Record<string, (typeof FTP_PRODUCTS)[number]>> = {
  printer: 'jetdirect',
  'iot-device': 'axis',
}

function usual(persona: Persona): (typeof FTP_PRODUCTS)[number] {
  const own = BY_ARCHETYPE[persona.facts.archetype ?? '']
  if (own !== undefined) return own
  if (persona.facts.os.startsWith('windows')) return 'iis'
  return persona.pick('ftp product', ['vsftpd', 'vsftpd', 'proftpd'])
}
