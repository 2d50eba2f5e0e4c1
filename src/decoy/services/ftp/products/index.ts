import {versionOf} from '../../../persona/products.ts'
import type {Persona} from '../../../persona.ts'
import {FTP_PRODUCTS} from '../definition.ts'
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
    default:
      return iis(banner)
  }
}

function usual(persona: Persona): (typeof FTP_PRODUCTS)[number] {
  if (persona.facts.os.startsWith('windows')) return 'iis'
  return persona.pick('ftp product', ['vsftpd', 'vsftpd', 'proftpd'])
}
