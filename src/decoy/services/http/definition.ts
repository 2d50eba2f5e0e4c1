import type {ServiceDefinition} from '../../definition.ts'
import {PRODUCTS} from './products/names.ts'

export const HTTP: ServiceDefinition = {
  name: 'http',
  summary:
    'Web server that answers as nginx, Apache httpd or Microsoft IIS does, with a sign-in behind honey credentials.',
  roles: ['web', 'www', 'intranet', 'portal', 'app'],
  ports: [{port: 80, protocol: 'tcp', purpose: 'HTTP/1.1', option: 'port'}],
  options: {
    port: {type: 'integer', min: 1, max: 65_535, default: 80, summary: 'The port it listens on.'},
    product: {
      type: 'enum',
      values: PRODUCTS,
      default: null,
      summary: 'The web server it is taken for; by default one that fits the operating system.',
    },
    version: {
      type: 'text',
      maxLength: 32,
      pattern: /^\d{1,2}(?:\.\d{1,2}){1,2}(?: \(Ubuntu\))?$/,
      expected: 'a version of the product, such as 1.22.1 (nginx), 2.4.62 (apache) or 10.0 (iis)',
      default: null,
      summary: 'The version it claims; by default the one that the distribution ships.',
    },
    page: {
      type: 'enum',
      values: ['default', 'login', 'basic'],
      default: 'default',
      summary:
        'What it serves: the welcome page of the product, a sign-in form, or the welcome page behind basic authentication.',
    },
    title: {
      type: 'text',
      maxLength: 80,
      default: null,
      summary: 'The title of the sign-in form; by default one that names the machine.',
    },
    realm: {
      type: 'text',
      maxLength: 80,
      pattern: /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/,
      expected: 'printable ASCII without quotes and backslashes',
      default: null,
      summary: 'The realm of basic authentication.',
    },
    users: {
      type: 'list',
      secret: true,
      maxItems: 20,
      pattern: /^[^:,\s]{1,64}:[^,]{1,128}$/,
      expected: 'name:password',
      default: [],
      summary: 'Honey credentials: the only ones with which signing in succeeds.',
    },
  },
  events: ['request', 'auth.attempt', 'malformed', 'probe'],
}
