import type {OptionReference} from '../../src/catalog/option-reference.ts'
import {
  archetypeReferences,
  distroReferences,
  type ProductReference,
  type ServiceReference,
  serviceReferences,
} from '../../src/catalog/reference.ts'
import {STAND_INS} from '../../src/catalog/stand-ins.ts'
import {defaultText} from '../../src/cli/views/catalog.ts'
import type {StandIn} from '../../src/fleet/catalog.ts'
import {block, code, GENERATED, page, plain, table} from './markdown.ts'

export function servicesPage(): string {
  const services = serviceReferences()
  return page(
    '# Services, archetypes and distros',
    GENERATED,
    '`decnet services`, `decnet archetypes` and `decnet distros` say the same, with `--json` for programs. A value marked secret is never shown by decnet once it is deployed: it is what an intruder is to find out.',
    table(
      ['service', 'ports', 'is'],
      services.map(({name, ports, summary}) => [
        `[${name}](#${name})`,
        ports.map(({port, protocol}) => `${port}/${protocol}`).join(', '),
        plain(summary),
      ]),
    ),
    ...services.flatMap(servicePart),
    '## Names of earlier fleet files',
    ...[...STAND_INS.values()].map(standInText),
    '# Archetypes',
    'An archetype gives a decky its services, OS and distro; what the section says itself wins.',
    table(
      ['archetype', 'is', 'OS', 'services', 'distros'],
      archetypeReferences().map(({name, summary, os, services: offered, distros}) => [
        code(name),
        plain(summary),
        code(os),
        offered.map(code).join(', '),
        distros.map(code).join(', '),
      ]),
    ),
    '# Distros',
    table(
      ['distro', 'is', 'OS', 'archetypes'],
      distroReferences().map(({name, summary, os, archetypes}) => [
        code(name),
        plain(summary),
        code(os),
        archetypes.map(code).join(', '),
      ]),
    ),
  )
}

function standInText({name, services, reason}: StandIn): string {
  const [first] = services
  if (first === undefined) return `${code(name)} is no service: ${reason}. The name is passed over with a warning.`
  return `${code(name)} stands for ${services.map(code).join(' and ')}: ${reason}. Options belong in their sections.`
}

function servicePart(service: ServiceReference): string[] {
  const {name, summary, ports, options, products, events, archetypes, example} = service
  return [
    `## ${name}`,
    plain(summary),
    table(
      ['port', 'purpose', 'moved by'],
      ports.map(({port, protocol, purpose, option}) => [
        `${port}/${protocol}`,
        plain(purpose),
        option === undefined ? '' : code(option),
      ]),
    ),
    options.length === 0
      ? 'It has no options.'
      : table(['option', 'means', 'expects', 'default'], options.map(optionRow)),
    ...(products.length === 0 ? [] : [`Products: ${products.map(productText).join('; ')}.`]),
    `Events: ${events.map(code).join(', ')}.${archetypes.length === 0 ? '' : ` Archetypes: ${archetypes.map(code).join(', ')}.`}`,
    block('ini', example),
  ]
}

function productText({name, usualOn}: ProductReference): string {
  return usualOn.length === 0 ? code(name) : `${code(name)} by default on ${usualOn.map(code).join(', ')}`
}

function optionRow(option: OptionReference): string[] {
  const {name, summary, expected, secret} = option
  const fallback = defaultText(option).replace(/^default: /, '')
  return [`${code(name)}${secret ? ' (secret)' : ''}`, plain(summary), plain(expected), plain(fallback)]
}
