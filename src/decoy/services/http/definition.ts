import {honeyUsers, portOption, serverUser} from '../../common-options.ts'
import type {OptionDefinition, ServiceDefinition} from '../../definition.ts'
import {webConflicts} from './products/choice.ts'
import {PRODUCTS} from './products/names.ts'

/** The options of HTTP and HTTPS. */
export const webOptions = (port: number): Readonly<Record<string, OptionDefinition>> => ({
  port: portOption(port),
  product: {
    type: 'enum',
    values: PRODUCTS,
    default: null,
    summary:
      'What it is taken for; by default a web server that has the `page` or the `version`, else one that fits the operating system.',
  },
  version: {
    type: 'text',
    maxLength: 32,
    pattern: /^\d{1,4}(?:\.\d{1,5}){1,3}(?: \(Ubuntu\))?$/,
    expected: 'a version of the product, such as 1.22.1 (nginx), 2.4.62 (apache) or 10.0 (iis)',
    default: null,
    summary: 'The version it claims; by default the one that the distribution ships, or a usual one.',
  },
  page: {
    type: 'enum',
    values: ['default', 'login', 'basic', 'digest', 'windows'],
    default: 'default',
    summary:
      'What nginx, apache and iis serve: the welcome page (or `site`), a sign-in form, or the page behind basic, digest (apache) or Windows authentication (iis).',
  },
  title: {
    type: 'text',
    maxLength: 80,
    default: null,
    summary: 'The title of the sign-in form, or the name of the WordPress site; by default one that names the machine.',
  },
  realm: {
    type: 'text',
    maxLength: 80,
    pattern: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
    expected: 'printable ASCII without quotes and backslashes',
    default: null,
    summary: 'The realm of basic and digest authentication.',
  },
  users: honeyUsers(serverUser(), 'Honey credentials: the only ones with which signing in succeeds.'),
  site: {
    type: 'directory',
    default: null,
    summary:
      'A directory of files that nginx, apache and iis serve in place of the welcome page; it is read when the fleet file is, from where that file is, and may hold 40 KiB compressed.',
    example: 'site',
  },
})

export const HTTP: ServiceDefinition = {
  name: 'http',
  summary:
    'Web server: nginx, Apache httpd, Microsoft IIS with Windows authentication, or the sign-in of an application or appliance.',
  roles: ['web', 'www', 'intranet', 'portal', 'app'],
  ports: [{port: 80, protocol: 'tcp', purpose: 'HTTP/1.1', option: 'port'}],
  options: {
    ...webOptions(80),
    redirect: {
      type: 'boolean',
      default: null,
      example: 'no',
      summary: 'Whether an application or appliance leads to HTTPS; by default as the product does.',
    },
  },
  conflicts: webConflicts,
  events: ['request', 'auth.attempt', 'malformed', 'probe'],
}
