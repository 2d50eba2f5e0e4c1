/** nginx, Apache and IIS: a site of files, behind authentication where the fleet file asks for it. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import {digestGuard} from './auth/digest-guard.ts'
import {basicGuard, type CreateGuard, openGuard} from './auth/guard.ts'
import {windowsGuard} from './auth/windows-guard.ts'
import {SignIn} from './login/application.ts'
import type {HoneyCredentials} from './login/honey.ts'
import type {WebServerName} from './products/names.ts'
import {apacheFlavour} from './products/releases.ts'
import {createProduct} from './products/web-server.ts'
import type {HttpServer} from './session.ts'
import {defaultSite} from './site/default-site.ts'
import {operatorSite} from './site/operator-site.ts'

/** What differs between HTTP and HTTPS. */
export interface Listener {
  readonly secure: boolean
  readonly port: number
}

export function webServer(
  name: WebServerName,
  persona: Persona,
  options: OptionValues,
  listener: Listener,
  honey: HoneyCredentials,
): HttpServer {
  const title = text(options.title) ?? `${persona.hostname} - Sign in`
  const site =
    typeof options.site === 'string'
      ? operatorSite(name, persona, options.site)
      : defaultSite(name, persona, apacheFlavour(persona), options.page !== 'login')
  return {
    product: createProduct(name, persona, {...listener, site, version: text(options.version)}),
    application: options.page === 'login' ? new SignIn(title, persona, honey.verify) : null,
    verify: honey.verify,
    guard: guardOf(name, persona, options, honey),
  }
}

function guardOf(name: WebServerName, persona: Persona, options: OptionValues, honey: HoneyCredentials): CreateGuard {
  const realm = text(options.realm) ?? defaultRealm(name, persona)
  switch (options.page) {
    case 'basic':
      return basicGuard(realm, honey.verify)
    case 'digest':
      // nginx has no module for it, and that of IIS is no part of its default installation.
      return digestGuard(persona, realm, (user) => honey.passwords(user))
    case 'windows':
      return windowsGuard(persona, (user) => honey.windowsPasswords(user))
    default:
      return openGuard
  }
}

/** IIS names the host that was asked for; the others what an administrator wrote. */
function defaultRealm(name: WebServerName, persona: Persona): string {
  return name === 'iis' ? persona.facts.ip : persona.pick('http-realm', ['Restricted', 'Restricted Content', 'Private'])
}

const text = (value: OptionValues[string] | undefined): string | null => (typeof value === 'string' ? value : null)
