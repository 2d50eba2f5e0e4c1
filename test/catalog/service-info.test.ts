import {describe, expect, it} from 'vitest'

import {parseOption, serviceInfo} from '../../src/catalog/service-info.ts'
import type {OptionDefinition} from '../../src/decoy/definition.ts'

const base = {summary: 'an option', default: null}
const PORT: OptionDefinition = {...base, type: 'integer', min: 1, max: 65_535}
const FLAG: OptionDefinition = {...base, type: 'boolean'}
const PRODUCT: OptionDefinition = {...base, type: 'enum', values: ['nginx', 'apache']}
const TEXT: OptionDefinition = {...base, type: 'text', maxLength: 5, pattern: /^\w+$/, expected: 'a word'}
const LIST: OptionDefinition = {...base, type: 'list', maxItems: 3, pattern: /^\w+$/, expected: 'words'}

describe('parseOption', () => {
  it.each<[string, OptionDefinition, string, unknown]>([
    ['an integer', PORT, '22', 22],
    ['its ends', PORT, '65535', 65_535],
    ['a negative one', {...PORT, min: -5}, '-5', -5],
    ['yes', FLAG, 'Yes', true],
    ['on', FLAG, 'on', true],
    ['0', FLAG, '0', false],
    ['an enum in any case', PRODUCT, 'NGINX', 'nginx'],
    ['a text', TEXT, 'abcde', 'abcde'],
    ['a text without a pattern', {...base, type: 'text'}, ' %s $x ; # "', ' %s $x ; # "'],
    ['a list', LIST, ' a,b ,  c', ['a', 'b', 'c']],
  ])('decodes %s', (_, definition, raw, value) => {
    expect(parseOption(definition, raw)).toEqual({ok: true, value})
  })

  it.each<[string, OptionDefinition, string, string]>([
    ['0', PORT, '0', 'a whole number from 1 to 65535'],
    ['65536', PORT, '65536', 'a whole number from 1 to 65535'],
    ['hexadecimal', PORT, '0x16', 'a whole number from 1 to 65535'],
    ['an exponent', PORT, '1e3', 'a whole number from 1 to 65535'],
    ['nothing', PORT, '', 'a whole number from 1 to 65535'],
    ['what no number can hold', PORT, '9'.repeat(400), 'a whole number from 1 to 65535'],
    ['another word', FLAG, 'maybe', 'yes or no'],
    ['another product', PRODUCT, 'iis', 'one of nginx, apache'],
    ['a long text', TEXT, 'abcdef', 'at most 5 characters'],
    ['a very long text', {...base, type: 'text'}, 'x'.repeat(257), 'at most 256 characters'],
    ['another form', TEXT, 'a b', 'a word'],
    ['a long list', LIST, 'a,b,c,d', 'at most 3 items'],
    ['an empty item', LIST, 'a,,c', 'a comma-separated list of words'],
  ])('refuses %s', (_, definition, raw, expected) => {
    expect(parseOption(definition, raw)).toEqual({ok: false, expected})
  })
})

it('serviceInfo moves a port by its option, and only that one', () => {
  const info = serviceInfo({
    name: 'web',
    summary: 'a web server',
    roles: ['web'],
    ports: [
      {port: 80, protocol: 'tcp', purpose: 'HTTP', option: 'port'},
      {port: 443, protocol: 'tcp', purpose: 'HTTPS'},
    ],
    options: {port: PORT},
    events: [],
  })
  expect(info.ports({}).map(({port}) => port)).toEqual([80, 443])
  expect(info.ports({port: 8080}).map(({port}) => port)).toEqual([8080, 443])
})

it('serviceInfo has a port that is open or closed by its option, or by what that is by default', () => {
  const info = serviceInfo({
    name: 'mail',
    summary: 'a mail server',
    roles: ['mail'],
    ports: [
      {port: 25, protocol: 'tcp', purpose: 'SMTP'},
      {port: 465, protocol: 'tcp', purpose: 'SMTP over TLS', needs: 'tls'},
      {port: 2525, protocol: 'tcp', purpose: 'SMTP once more', needs: 'more'},
    ],
    options: {tls: {...FLAG, default: true}, more: FLAG},
    events: [],
  })
  const ports = (options: Record<string, boolean>) => info.ports(options).map(({port}) => port)
  expect(ports({})).toEqual([25, 465])
  expect(ports({tls: false})).toEqual([25])
  expect(ports({more: true})).toEqual([25, 465, 2525])
})
