/** What a printer says of itself (RFC 8011 §5.4, PWG 5100.12, 5100.13, 5100.14). */
import type {Printer} from '../../../persona/printer.ts'
import {personaGuid} from '../../../persona/windows.ts'
import type {Persona} from '../../../persona.ts'
import {
  type Attribute,
  boolean,
  charset,
  dateTime,
  enumeration,
  integer,
  keyword,
  language,
  mime,
  nameText,
  octets,
  range,
  resolution,
  text,
  uri,
} from '../wire/values.ts'
import {mediaAttributes} from './media.ts'

export interface PrinterFacts {
  readonly persona: Persona
  readonly printer: Printer
  /** `HP LaserJet M507`, or a queue's name. */
  readonly name: string
  readonly info: string
  readonly location: string
  /** What its times count from, in ms since the epoch. */
  readonly started: (now: number) => number
  readonly uris: readonly string[]
  readonly moreInfo: string
  readonly formats: readonly string[]
  readonly operations: readonly number[]
  readonly versions: readonly string[]
}

export interface Moment {
  readonly now: number
  /** Jobs that are not finished. */
  readonly waiting: number
}

const IDLE = 3
const PROCESSING = 4
/** From the switch to the first page. */
const WARM_UP_MS = 47_000

/** Those of a group that clients ask for by one name. */
export function jobTemplate(facts: PrinterFacts): Attribute[] {
  const {model} = facts.printer
  return [
    integer('copies-default', 1),
    range('copies-supported', [1, 9999]),
    enumeration('finishings-default', 3),
    enumeration('finishings-supported', 3),
    ...mediaAttributes(),
    keyword('multiple-document-handling-default', 'separate-documents-uncollated-copies'),
    keyword(
      'multiple-document-handling-supported',
      'separate-documents-uncollated-copies',
      'separate-documents-collated-copies',
    ),
    integer('number-up-default', 1),
    integer('number-up-supported', 1),
    enumeration('orientation-requested-default', 3),
    enumeration('orientation-requested-supported', 3, 4, 5, 6),
    keyword('output-bin-default', 'face-down'),
    keyword('output-bin-supported', 'face-down'),
    boolean('page-ranges-supported', true),
    keyword('print-color-mode-default', model.color ? 'auto' : 'monochrome'),
    keyword('print-color-mode-supported', ...(model.color ? ['auto', 'color', 'monochrome'] : ['monochrome'])),
    enumeration('print-quality-default', 4),
    enumeration('print-quality-supported', 3, 4, 5),
    resolution('printer-resolution-default', 600),
    resolution('printer-resolution-supported', 600, 1200),
    keyword('sides-default', 'two-sided-long-edge'),
    keyword('sides-supported', 'one-sided', 'two-sided-long-edge', 'two-sided-short-edge'),
    keyword(
      'job-creation-attributes-supported',
      ...['copies', 'finishings', 'ipp-attribute-fidelity', 'job-name', 'media', 'orientation-requested'],
      ...['output-bin', 'page-ranges', 'print-color-mode', 'print-quality', 'printer-resolution', 'sides'],
    ),
  ]
}

export function description(facts: PrinterFacts, moment: Moment): Attribute[] {
  return [...about(facts), ...state(facts, moment), ...capabilities(facts), ...supplies(facts)]
}

function about({persona, printer, name, info, location, uris, moreInfo}: PrinterFacts): Attribute[] {
  const {model, serial, revision} = printer
  return [
    uri('printer-uri-supported', ...uris),
    keyword('uri-security-supported', ...uris.map(() => 'none')),
    keyword('uri-authentication-supported', ...uris.map(() => 'requesting-user-name')),
    nameText('printer-name', name),
    text('printer-location', location),
    text('printer-info', info),
    uri('printer-more-info', moreInfo),
    text('printer-make-and-model', model.name),
    text('printer-device-id', deviceId(printer)),
    uri('printer-uuid', `urn:uuid:${personaGuid(persona, 'printer')}`),
    nameText('printer-dns-sd-name', `${model.name} [${persona.facts.mac.replaceAll(':', '').slice(-6).toUpperCase()}]`),
    nameText('printer-firmware-name', 'FutureSmart'),
    text('printer-firmware-string-version', revision),
    text('printer-organization', ''),
    text('printer-organizational-unit', ''),
    octets('printer-serial-number', serial),
  ]
}

/** IEEE 1284. */
export const deviceId = ({model, serial}: Printer): string =>
  `MFG:HP;MDL:${model.name};CMD:PJL,PML,PCLXL,URP,PCL,PDF,POSTSCRIPT;CLS:PRINTER;DES:${model.name};SN:${serial};`

function state({persona, started}: PrinterFacts, {now, waiting}: Moment): Attribute[] {
  const since = (at: number): number => Math.max(1, Math.floor((at - started(now)) / 1000))
  return [
    enumeration('printer-state', waiting > 0 ? PROCESSING : IDLE),
    keyword('printer-state-reasons', 'none'),
    text('printer-state-message', waiting > 0 ? 'Printing' : ''),
    boolean('printer-is-accepting-jobs', true),
    integer('queued-job-count', waiting),
    integer('printer-up-time', since(now)),
    dateTime('printer-current-time', now),
    integer('printer-state-change-time', since(persona.bootedAt(now) + WARM_UP_MS)),
  ]
}

function capabilities({printer, formats, operations, versions}: PrinterFacts): Attribute[] {
  const {color, pagesPerMinute} = printer.model
  return [
    charset('charset-configured', 'utf-8'),
    charset('charset-supported', 'utf-8', 'us-ascii'),
    language('natural-language-configured', 'en-us'),
    language('generated-natural-language-supported', 'en-us'),
    keyword('ipp-versions-supported', ...versions),
    keyword('ipp-features-supported', 'none'),
    enumeration('operations-supported', ...operations),
    keyword('compression-supported', 'none'),
    mime('document-format-default', 'application/octet-stream'),
    mime('document-format-supported', ...formats),
    keyword('pdl-override-supported', 'not-attempted'),
    boolean('color-supported', color),
    integer('pages-per-minute', pagesPerMinute),
    ...(color ? [integer('pages-per-minute-color', pagesPerMinute)] : []),
    boolean('multiple-document-jobs-supported', false),
    integer('multiple-operation-time-out', 120),
    keyword('multiple-operation-time-out-action', 'abort-job'),
    keyword('which-jobs-supported', 'completed', 'not-completed'),
    boolean('job-ids-supported', false),
    range('job-k-octets-supported', [0, 2_147_483_647]),
    keyword('job-settable-attributes-supported', 'none'),
    boolean('preferred-attributes-supported', false),
    keyword('identify-actions-default', 'display'),
    keyword('identify-actions-supported', 'display'),
    keyword('printer-get-attributes-supported', 'document-format'),
  ]
}

const COLORS = ['#000000', '#00FFFF', '#FFFF00', '#FF00FF']
const COLOR_NAMES = ['Black', 'Cyan', 'Yellow', 'Magenta']

function supplies({persona, printer}: PrinterFacts): Attribute[] {
  const {cartridges} = printer.model
  const level = (cartridge: string): number => persona.integer(`toner ${cartridge}`, 12, 96)
  return [
    nameText(
      'marker-names',
      ...cartridges.map((cartridge, index) => `${COLOR_NAMES[index]} Cartridge HP ${cartridge}`),
    ),
    keyword('marker-types', ...cartridges.map(() => 'toner-cartridge')),
    nameText('marker-colors', ...cartridges.map((_, index) => COLORS[index] ?? '')),
    integer('marker-levels', ...cartridges.map(level)),
    integer('marker-low-levels', ...cartridges.map(() => 1)),
    integer('marker-high-levels', ...cartridges.map(() => 100)),
  ]
}
