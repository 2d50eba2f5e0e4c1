/** What the reference says of one option: made from its definition, so that it cannot say anything else. */
import type {OptionDefinition, OptionValue} from '../decoy/definition.ts'

import {parseOption} from './service-info.ts'

export interface OptionReference {
  readonly name: string
  readonly type: OptionDefinition['type']
  readonly summary: string
  /** What a right value looks like. */
  readonly expected: string
  /** Null: the service decides. */
  readonly default: OptionValue | null
  readonly secret: boolean
  /** As the fleet file writes it; null: none could be made. */
  readonly example: string | null
  readonly values?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly maxLength?: number
  readonly maxItems?: number
}

const DEFAULT_TEXT_LENGTH = 256

export function optionReference(name: string, definition: OptionDefinition): OptionReference {
  return {
    name,
    type: definition.type,
    summary: definition.summary,
    expected: expectedOf(definition),
    default: definition.default,
    secret: definition.secret === true,
    example: exampleOf(definition),
    ...limitsOf(definition),
  }
}

function limitsOf(definition: OptionDefinition): Partial<OptionReference> {
  switch (definition.type) {
    case 'text':
      return {maxLength: definition.maxLength ?? DEFAULT_TEXT_LENGTH}
    case 'list':
      return {maxItems: definition.maxItems}
    case 'integer':
      return {min: definition.min, max: definition.max}
    case 'enum':
      return {values: definition.values}
    case 'boolean':
    case 'directory':
      return {}
    default:
      return definition satisfies never
  }
}

function expectedOf(definition: OptionDefinition): string {
  switch (definition.type) {
    case 'text': {
      const limit = `at most ${definition.maxLength ?? DEFAULT_TEXT_LENGTH} characters`
      return definition.expected === undefined ? `text, ${limit}` : `${definition.expected}; ${limit}`
    }
    case 'list':
      return `a comma-separated list of at most ${definition.maxItems}: ${definition.expected}`
    case 'integer':
      return `a whole number from ${definition.min} to ${definition.max}`
    case 'enum':
      return `one of ${definition.values.join(', ')}`
    case 'boolean':
      return 'yes or no'
    case 'directory':
      return 'a directory, relative to the fleet file'
    default:
      return definition satisfies never
  }
}

/** Tried in this order where a definition names no example: the first that the option accepts is one. */
const PLAUSIBLE = {
  lists: ['public', 'corp.example', 'admin', '10'],
  secrets: ['Winter2024', 'admin:Winter2024'],
  texts: ['Authorised use only', 'corp.example', 'public', '1.0', '10'],
} as const

function exampleOf(definition: OptionDefinition): string | null {
  const {example} = definition
  const candidates = [
    ...(example === undefined ? [] : [example]),
    ...valuesOf(definition.default),
    ...(definition.secret === true ? PLAUSIBLE.secrets : []),
    ...(definition.type === 'enum' ? definition.values : []),
    ...(definition.type === 'boolean' ? ['yes'] : []),
    // `such as X` and `X` in backquotes: definitions explain by example.
    ...[...expectedOf(definition).matchAll(/`([^`]+)`|\bsuch as ([^\s`]+?)[,;]?(?:\s|$)/g)].map(
      ([, quoted, named]) => quoted ?? named ?? '',
    ),
    ...(definition.type === 'list' ? PLAUSIBLE.lists : PLAUSIBLE.texts),
  ]
  return candidates.find((text) => text !== '' && parseOption(definition, text).ok) ?? null
}

/** A default as the fleet file would write it. */
function valuesOf(value: OptionValue | null): string[] {
  if (value === null) return []
  if (typeof value === 'boolean') return [value ? 'yes' : 'no']
  return [typeof value === 'object' ? value.join(', ') : String(value)]
}
