/** Values of the options of services: one that each option takes and is not its default, and some that it does not take. */
import {optionReference} from '../../src/catalog/option-reference.ts'
import {parseOption} from '../../src/catalog/service-info.ts'
import type {OptionDefinition, OptionValue, ServiceDefinition} from '../../src/decoy/definition.ts'
import {packDirectory} from '../../src/decoy/directory-archive.ts'
import type {DirectoryContent} from '../../src/fleet/catalog.ts'

const packed = (path: string, text: string): string => packDirectory(new Map([[path, Buffer.from(text)]])).text
/** What a directory is read as. */
export const PACKED: Readonly<Record<DirectoryContent, string>> = {
  files: packed('/index.html', '<h1>Hello</h1>'),
  mails: packed('/1.eml', 'Subject: Hello\n\nSee you.\n'),
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** As the fleet file writes it. Throws where none can be made: the definition then needs an example. */
export function otherValue(name: string, definition: OptionDefinition): string {
  const fits = (text: string): boolean => {
    const result = parseOption(definition, text)
    return result.ok && !isEqual(result.value, definition.default)
  }
  const found = candidates(name, definition).find(fits)
  if (found === undefined) throw new Error(`no value of ${name} that is not its default`)
  return found
}

function candidates(name: string, definition: OptionDefinition): string[] {
  const {example} = optionReference(name, definition)
  const usual = example === null ? [] : [example]
  switch (definition.type) {
    case 'enum':
      return [...definition.values].toReversed()
    case 'boolean':
      return definition.default === true ? ['no'] : ['yes']
    case 'integer':
      return [...usual, String(definition.min + 1), String(definition.max)]
    case 'text':
    case 'list':
    case 'directory':
      return [...usual, ...usual.flatMap((text) => text.split(',')[0] ?? []), 'OTHER', '2.0']
    default:
      return definition satisfies never
  }
}

/** What the option refuses, as the fleet file writes it. */
export function wrongValues(definition: OptionDefinition): readonly string[] {
  switch (definition.type) {
    case 'enum':
      return ['no-such-value']
    case 'boolean':
      return ['perhaps', '2']
    case 'integer':
      return [String(definition.min - 1), String(definition.max + 1), 'many', '1.5']
    case 'text':
      return ['x'.repeat((definition.maxLength ?? 256) + 1)]
    case 'list':
      return [Array.from({length: definition.maxItems + 1}, () => 'a').join(','), 'a,,b']
    case 'directory':
      return ['nowhere']
    default:
      return definition satisfies never
  }
}

/** Options of which most values exclude a value of another one. */
const TOGETHER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  http: {product: 'apache', version: '2.4.57', page: 'login'},
  https: {product: 'apache', version: '2.4.57', page: 'login'},
  sip: {product: 'asterisk'},
}

/** Every option at once, each with a value that is not its default; ports are all different ones. */
export function everyOption({name: service, options, ports}: ServiceDefinition): Record<string, OptionValue> {
  const moved = ports.flatMap(({option}) => option ?? [])
  return Object.fromEntries(
    Object.entries(options).map(([name, definition]) => {
      if (moved.includes(name)) return [name, 20_000 + moved.indexOf(name)]
      if (definition.type === 'directory') return [name, PACKED[definition.holds ?? 'files']]
      const result = parseOption(definition, TOGETHER[service]?.[name] ?? otherValue(name, definition))
      if (!result.ok) throw new Error(`${name} does not take its own value`)
      return [name, result.value]
    }),
  )
}
