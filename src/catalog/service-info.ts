import type {OptionDefinition, ServiceDefinition} from '../decoy/definition.ts'
import type {Machine, OptionProblem, OptionResult, Options, OptionValue, Port, ServiceInfo} from '../fleet/catalog.ts'
import {portProblems, portsOf} from './port-problems.ts'

const TRUE = new Set(['true', 'yes', 'on', '1'])
const FALSE = new Set(['false', 'no', 'off', '0'])
const DEFAULT_TEXT_LENGTH = 256
/** PATH_MAX of Linux, less its NUL. */
const LONGEST_PATH = 4095

const accept = (value: OptionValue): OptionResult => ({ok: true, value})
const refuse = (expected: string): OptionResult => ({ok: false, expected})

function parseList(definition: OptionDefinition & {type: 'list'}, raw: string): OptionResult {
  const items = raw.split(',').map((item) => item.trim())
  if (items.length > definition.maxItems) return refuse(`at most ${definition.maxItems} items`)
  const bad = items.find((item) => !definition.pattern.test(item))
  return bad === undefined ? accept(items) : refuse(`a comma-separated list of ${definition.expected}`)
}

function parseText(definition: OptionDefinition & {type: 'text'}, raw: string): OptionResult {
  const limit = definition.maxLength ?? DEFAULT_TEXT_LENGTH
  if (raw.length > limit) return refuse(`at most ${limit} characters`)
  if (definition.pattern !== undefined && !definition.pattern.test(raw))
    return refuse(definition.expected ?? 'another form')
  return accept(raw)
}

/** Decodes the text of one option as its definition says. */
export function parseOption(definition: OptionDefinition, raw: string): OptionResult {
  switch (definition.type) {
    case 'text':
      return parseText(definition, raw)
    case 'list':
      return parseList(definition, raw)
    case 'integer': {
      const value = /^-?\d{1,15}$/.test(raw) ? Number(raw) : Number.NaN
      const fits = value >= definition.min && value <= definition.max
      return fits ? accept(value) : refuse(`a whole number from ${definition.min} to ${definition.max}`)
    }
    case 'boolean': {
      const word = raw.toLowerCase()
      if (TRUE.has(word)) return accept(true)
      return FALSE.has(word) ? accept(false) : refuse('yes or no')
    }
    case 'enum': {
      const word = raw.toLowerCase()
      return definition.values.includes(word) ? accept(word) : refuse(`one of ${definition.values.join(', ')}`)
    }
    case 'directory':
      return raw.length <= LONGEST_PATH ? accept(raw) : refuse(`at most ${LONGEST_PATH} characters`)
    default:
      return definition satisfies never
  }
}

/** A service definition as the fleet domain sees it. */
export function serviceInfo(definition: ServiceDefinition): ServiceInfo {
  return {
    name: definition.name,
    roles: definition.roles,
    optionNames: Object.keys(definition.options),
    secretOptions: Object.entries(definition.options).flatMap(([name, {secret}]) => (secret === true ? name : [])),
    directoryOptions: new Map(
      Object.entries(definition.options).flatMap(([name, option]) =>
        option.type === 'directory' ? [[name, option.holds ?? 'files'] as const] : [],
      ),
    ),
    parseOption(key, raw) {
      const option = Object.hasOwn(definition.options, key) ? definition.options[key] : undefined
      return option === undefined ? refuse('a known option') : parseOption(option, raw)
    },
    ports(options: Options): readonly Port[] {
      return portsOf(definition, options).flatMap(({isOpen, port, protocol}) => (isOpen ? [{port, protocol}] : []))
    },
    problems(options: Options, machine: Machine): readonly OptionProblem[] {
      const conflicts = definition.conflicts?.(options, machine) ?? []
      const found = conflicts.map((conflict): OptionProblem => ({code: 'option-conflict', ...conflict}))
      return [...found, ...portProblems(definition, options)]
    },
  }
}
