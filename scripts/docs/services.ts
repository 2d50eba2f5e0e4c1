import type {OptionReference} from '../../src/catalog/option-reference.ts'
import {
  archetypeReferences,
  distroReferences,
  type ServiceReference,
  serviceReferences,
} from '../../src/catalog/reference.ts'
import {defaultText} from '../../src/cli/views/catalog.ts'
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

function servicePart({name, summary, ports, options, events, archetypes, example}: ServiceReference): string[] {
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
    `Events: ${events.map(code).join(', ')}.${archetypes.length === 0 ? '' : ` Archetypes: ${archetypes.map(code).join(', ')}.`}`,
    block('ini', example),
  ]
}

function optionRow(option: OptionReference): string[] {
  const {name, summary, expected, secret} = option
  const fallback = defaultText(option).replace(/^default: /, '')
  return [`${code(name)}${secret ? ' (secret)' : ''}`, plain(summary), plain(expected), plain(fallback)]
}
