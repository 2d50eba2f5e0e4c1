import type {Persona} from '../../../persona.ts'
import type {WebServerName} from '../products/names.ts'
import type {ApacheFlavour} from '../products/releases.ts'
import {
  APACHE_PLAIN_WELCOME,
  apacheDebianWelcome,
  apacheRedHatWelcome,
  iisWelcome,
  NGINX_WELCOME,
  type WelcomePage,
} from './default-pages.ts'
import {plainPng} from './png.ts'
import {type Document, Site} from './site.ts'

const DAY_MS = 86_400_000

/** The site of a server that nobody has configured; without `welcome` an application has taken the place of its page. */
export function defaultSite(product: WebServerName, persona: Persona, flavour: ApacheFlavour, welcome: boolean): Site {
  const page = welcomePage(product, persona, flavour)
  const index = INDEXES[product]
  const documents = new Map<string, Document>()
  const add = (path: string, type: string, body: Buffer): void => {
    documents.set(path, {body, type, modified: modifiedAt(path, persona, product)})
  }
  if (welcome) add(index.path(flavour), 'text/html', Buffer.from(page.html, 'utf8'))
  if (welcome && page.image !== null) add(page.image, 'image/png', picture(product))
  return new Site(documents, index.directories, index.names)
}

interface Indexes {
  path(flavour: ApacheFlavour): string
  readonly names: readonly string[]
  readonly directories: readonly string[]
}

const INDEXES: Readonly<Record<WebServerName, Indexes>> = {
  nginx: {
    path: (flavour) =>
      flavour.label === 'Debian' || flavour.label === 'Ubuntu' ? '/index.nginx-debian.html' : '/index.html',
    names: ['index.html', 'index.htm', 'index.nginx-debian.html'],
    directories: [],
  },
  apache: {path: () => '/index.html', names: ['index.html'], directories: ['/icons/', '/icons/small/']},
  iis: {path: () => '/iisstart.htm', names: ['iisstart.htm'], directories: ['/aspnet_client/']},
}

function welcomePage(product: WebServerName, persona: Persona, flavour: ApacheFlavour): WelcomePage {
  if (product === 'nginx') return NGINX_WELCOME
  if (product === 'iis') return iisWelcome(persona.facts.os !== 'windows')
  if (flavour.label === 'Debian' || flavour.label === 'Ubuntu') return apacheDebianWelcome(flavour.label)
  return flavour.welcomeStatus === 403 ? apacheRedHatWelcome(flavour.label) : APACHE_PLAIN_WELCOME
}

const picture = (product: WebServerName): Buffer =>
  product === 'iis' ? plainPng(960, 600, [0, 114, 198]) : plainPng(75, 75, [215, 7, 81])

/**
 * When a file was written: as the server was installed, before the machine's latest boot. Windows counts in 100 ns and
 * Linux in ns; a fraction of a millisecond is what tells two machines apart that were installed in one second.
 */
export function modifiedAt(path: string, persona: Persona, product: WebServerName): number {
  const installed = Date.parse(persona.facts.since) - persona.integer('http-installed', 100 * DAY_MS, 700 * DAY_MS)
  const written = installed + persona.integer(`http-written ${path}`, 0, 4000)
  return product === 'iis' ? written : written + persona.integer(`http-fraction ${path}`, 1, 999) / 1000
}
