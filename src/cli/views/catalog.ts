import type {OptionReference} from '../../catalog/option-reference.ts'
import type {ArchetypeReference, DistroReference, ProductReference, ServiceReference} from '../../catalog/reference.ts'

import type {Style} from './style.ts'
import {table} from './table.ts'
import {fitItems} from './text.ts'
import {indented, wrap} from './wrap.ts'

const INDENT = '  '

export function servicesView(services: readonly ServiceReference[], width: number): string {
  return table(
    services,
    [
      {title: 'SERVICE', value: ({name}) => name},
      {title: 'PORTS', value: portsOf, flexible: true, cut: ({ports}, room) => fitItems(ports.map(portText), room)},
      {title: 'SUMMARY', value: ({summary}) => summary, flexible: true},
    ],
    width,
  )
}

export function archetypesView(archetypes: readonly ArchetypeReference[], width: number): string {
  return table(
    archetypes,
    [
      {title: 'ARCHETYPE', value: ({name}) => name},
      {title: 'OS', value: ({os}) => os},
      {
        title: 'SERVICES',
        value: ({services}) => services.join(' '),
        flexible: true,
        cut: ({services}, room) => fitItems(services, room),
      },
      {title: 'SUMMARY', value: ({summary}) => summary, flexible: true},
    ],
    width,
  )
}

export function distrosView(distros: readonly DistroReference[], width: number): string {
  return table(
    distros,
    [
      {title: 'DISTRO', value: ({name}) => name},
      {title: 'OS', value: ({os}) => os},
      {title: 'ARCHETYPES', value: ({archetypes}) => archetypes.join(' ') || '-', optional: true},
      {title: 'SUMMARY', value: ({summary}) => summary, flexible: true},
    ],
    width,
  )
}

export function serviceView(service: ServiceReference, style: Style, width: number): string {
  const {name, summary, ports, options, products, events, archetypes, example} = service
  return page(style, width, name, summary, [
    [
      'PORTS',
      ports.map(({port, protocol, purpose, option}) => {
        const moved = option === undefined ? '' : `; the option ${option} moves it`
        return wrap(`${port}/${protocol}  ${purpose}${moved}`, width, INDENT)
      }),
    ],
    ['OPTIONS', options.map((option) => optionText(option, style, width))],
    ['PRODUCTS', products.map((product) => wrap(productText(product), width, INDENT))],
    ['EVENTS', [wrap(events.join(', '), width, INDENT)]],
    ['ARCHETYPES', [wrap(archetypes.join(', ') || 'none', width, INDENT)]],
    ['EXAMPLE', [indented(example, INDENT)]],
  ])
}

export function archetypeView(archetype: ArchetypeReference, style: Style, width: number): string {
  const {name, summary, os, services, ports, options, distros, example} = archetype
  const set = Object.entries(options).flatMap(([service, values]) =>
    Object.entries(values).map(([key, value]) => wrap(`${service}: ${key} = ${value}`, width, INDENT)),
  )
  return page(style, width, name, summary, [
    ['OS', [`${INDENT}${os}`]],
    ['SERVICES', [wrap(services.join(', '), width, INDENT)]],
    ['PORTS', [wrap(ports.join(', '), width, INDENT)]],
    ['OPTIONS', set],
    ['DISTROS', [wrap(distros.join(', '), width, INDENT)]],
    ['EXAMPLE', [indented(example, INDENT)]],
  ])
}

export function distroView(distro: DistroReference, style: Style, width: number): string {
  const {name, summary, os, hostnames, archetypes, example} = distro
  return page(style, width, name, summary, [
    ['OS', [`${INDENT}${os}`]],
    ['HOST NAMES', [wrap(hostnames.join(', '), width, INDENT)]],
    ['ARCHETYPES', [wrap(archetypes.join(', ') || 'none', width, INDENT)]],
    ['EXAMPLE', [indented(example, INDENT)]],
  ])
}

type Section = readonly [title: string, paragraphs: readonly string[]]

function page(style: Style, width: number, name: string, summary: string, sections: readonly Section[]): string {
  const parts = sections
    .filter(([, paragraphs]) => paragraphs.length > 0)
    .map(([title, paragraphs]) => [style.strong(title), ...paragraphs].join('\n'))
  return [`${style.strong(name)}\n${wrap(summary, width)}`, ...parts].join('\n\n')
}

function optionText(option: OptionReference, style: Style, width: number): string {
  const {name, summary, expected, example, secret} = option
  const lines = [
    `${INDENT}${style.strong(name)}${secret ? '  (secret: its value is never shown)' : ''}`,
    wrap(summary, width, INDENT.repeat(3)),
    wrap(`${expected}; ${defaultText(option)}`, width, INDENT.repeat(3)),
  ]
  if (example !== null) lines.push(`${INDENT.repeat(3)}${style.faint(`${name} = ${example}`)}`)
  return lines.join('\n')
}

/** `nginx  by default on linux, bsd` */
export function productText({name, usualOn}: ProductReference): string {
  return usualOn.length === 0 ? name : `${name}  by default on ${usualOn.join(', ')}`
}

/** `default: 22`; a default of null is the service's own choice. */
export function defaultText({default: value}: OptionReference): string {
  if (value === null) return 'chosen by the service'
  if (typeof value === 'boolean') return `default: ${value ? 'yes' : 'no'}`
  if (typeof value === 'object') return value.length === 0 ? 'default: none' : `default: ${value.join(', ')}`
  return `default: ${value}`
}

function portsOf({ports}: ServiceReference): string {
  return ports.map(portText).join(' ')
}

function portText({port, protocol}: ServiceReference['ports'][number]): string {
  return `${port}/${protocol}`
}
