/**
 * Fleet spec → the text of a fleet file that the reader takes for the same spec. Every comment comes from the tables of
 * keys, so that the file explains itself with the words of the reference.
 */
import type {Options, OptionValue} from './catalog.ts'
import {portName} from './custom-section.ts'
import {formatAddress} from './ipv4.ts'
import {
  CUSTOM_PREFIX,
  DECKY_SECTION,
  type DeckyKey,
  GENERAL_SECTION,
  type GeneralKey,
  type KeyDefinition,
  OPTION_SECTION,
} from './keys.ts'
import {visible} from './quote.ts'
import type {CustomService, DeckySpec, GeneralSpec, Health} from './spec.ts'
import {writeArguments, writeValue} from './write-value.ts'

/** A decky section as it is to be written. */
export interface FileSection extends Omit<DeckySpec, 'place' | 'ipPlace'> {
  /** How many deckies it expands to; 1 where absent. */
  readonly amount?: number
  /** Lines above the header. */
  readonly comment?: readonly string[]
}

export interface FleetFileContent {
  /** Lines at the top. */
  readonly comment: readonly string[]
  readonly general: GeneralSpec
  readonly sections: readonly FileSection[]
  /** Lines below the explanation of a decky's keys. */
  readonly remarks?: readonly string[]
}

/**
 * The text of a fleet file, with a line on every key of `[general]` and once on those of a decky.
 *
 * @throws RangeError for a value that no fleet file can hold.
 */
export function writeFleetFile({comment, general, sections, remarks = []}: FleetFileContent): string {
  const customs = new Map(sections.flatMap(({customServices}) => customServices.map((each) => [each.name, each])))
  const blocks = [
    comment.flatMap(commentLines),
    generalBlock(general),
    [...deckyLegend(), ...(remarks.length === 0 ? [] : [';']), ...remarks.flatMap(commentLines)],
    ...[...customs.values()].map(customBlock),
    ...sections.flatMap(sectionBlocks),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const COMMENT_WIDTH = 116

/** One comment of any length as lines that hold no character the scanner would refuse. */
function commentLines(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of visible(text).split(' ')) {
    if (line !== '' && line.length + word.length >= COMMENT_WIDTH) {
      lines.push(line)
      line = ''
    }
    for (const piece of word.match(/.{1,1000}/gsu) ?? ['']) line = line === '' ? piece : `${line} ${piece}`
  }
  return [...lines, line].map((each) => (each === '' ? ';' : `; ${each}`))
}

function generalBlock(general: GeneralSpec): string[] {
  const values = generalValues(general)
  const lines = GENERAL_SECTION.keys.flatMap((key) => {
    const value = values[key.name]
    const setting = value === undefined ? `;${key.name} = ${key.example}` : `${key.name} = ${value}`
    return [...commentLines(key.summary), setting]
  })
  return [...commentLines(GENERAL_SECTION.summary), GENERAL_SECTION.header, ...lines]
}

type Values<Key extends string> = Readonly<Record<Key, string | undefined>>

function generalValues(general: GeneralSpec): Values<GeneralKey> {
  return {
    net: general.net?.cidr,
    gw: general.gateway,
    interface: general.interface,
    driver: general.driver,
    domain: general.domain,
    engine: general.engine,
    exclude: general.exclude.length === 0 ? undefined : general.exclude.map(rangeText).join(', '),
    mutate_interval: intervalText(general.mutateInterval),
    log_file: general.logFile === undefined ? undefined : writeValue(general.logFile),
  }
}

function rangeText({first, last}: {readonly first: number; readonly last: number}): string {
  return first === last ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`
}

function intervalText(minutes: number | null | undefined): string | undefined {
  if (minutes === undefined) return undefined
  return minutes === null ? 'off' : `${minutes}m`
}

function deckyLegend(): string[] {
  const assignments = DECKY_SECTION.keys.map((key) => ({key, text: `${key.name} = ${key.example}`}))
  const width = Math.max(...assignments.map(({text}) => text.length))
  const line = ({key, text}: {key: KeyDefinition; text: string}) => `;   ${text.padEnd(width)}  ${key.summary}`
  return [
    ...commentLines(`${DECKY_SECTION.header}: ${DECKY_SECTION.summary} What it may say:`),
    ...assignments.map(line),
    ...commentLines(`${OPTION_SECTION.header}: ${OPTION_SECTION.summary}`),
  ]
}

function sectionBlocks(section: FileSection): string[][] {
  const values = deckyValues(section)
  const keys = DECKY_SECTION.keys.flatMap(({name}) => (values[name] === undefined ? [] : [`${name} = ${values[name]}`]))
  const options = Object.entries(section.options).map(([service, of]) => optionBlock(section.name, service, of))
  const custom = section.customServices
    .filter((service) => Object.keys(service.options).length > 0)
    .map((service) => optionBlock(section.name, service.name, service.options))
  return [[...(section.comment ?? []).flatMap(commentLines), `[${section.name}]`, ...keys], ...options, ...custom]
}

function deckyValues(section: FileSection): Values<DeckyKey> {
  const {amount = 1, services, customServices} = section
  const named = [...(services ?? []), ...customServices.map(({name}) => name)]
  return {
    ip: section.ip,
    services: named.length === 0 ? undefined : named.join(', '),
    archetype: section.archetype,
    amount: amount === 1 ? undefined : String(amount),
    os: section.os,
    distro: section.distro,
    hostname: section.hostname,
    mac: section.mac,
    mutate_interval: intervalText(section.mutateInterval),
    host: section.host,
  }
}

function optionBlock(decky: string, service: string, options: Options): string[] {
  const lines = Object.entries(options).map(([key, value]) => `${key} = ${writeValue(optionText(value))}`)
  return [`[${decky}.${service}]`, ...lines]
}

function optionText(value: OptionValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'object' ? value.join(', ') : String(value)
}

function customBlock({name, image, build, exec, ports, health}: CustomService): string[] {
  return [
    `[${CUSTOM_PREFIX}${name}]`,
    build === undefined ? `binary = ${image}` : `build = ${writeValue(build.directory)}`,
    ...(exec.length === 0 ? [] : [`exec = ${writeArguments(exec)}`]),
    ...(ports.length === 0 ? [] : [`ports = ${ports.map(portName).join(', ')}`]),
    ...(health === undefined ? [] : [`health = ${healthText(health)}`]),
  ]
}

function healthText(health: Health): string {
  return 'port' in health ? portName(health.port) : writeArguments(health.command)
}
