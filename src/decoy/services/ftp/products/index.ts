import {cameraOf} from '../../../persona/camera.ts'
import {printerOf} from '../../../persona/printer.ts'
import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import type {ProductName} from '../choice.ts'
import {axis, jetdirect} from './appliances.ts'
import {iis} from './iis.ts'
import type {Product} from './product.ts'
import {proftpd} from './proftpd.ts'
import {vsftpd} from './vsftpd.ts'

export interface Choice {
  /** Null: any of those that Unix has. */
  readonly product: ProductName | null
  readonly version: string | null
  readonly banner: string | null
}

export function productOf(persona: Persona, {product, version, banner}: Choice): Product {
  const name = product ?? persona.pick('ftp product', ['vsftpd', 'vsftpd', 'proftpd'] as const)
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
