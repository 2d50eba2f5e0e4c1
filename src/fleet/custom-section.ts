import {splitArguments} from './argv.ts'
import type {Catalog, Port} from './catalog.ts'
import {accept, type Decoded, parseDigits, refuse} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceEntry, SourceSection} from './fleet-source.ts'
import {decodeImage} from './image-reference.ts'
import {CUSTOM_SECTION} from './keys.ts'
import {decodeCustomName} from './names.ts'
import {quote} from './quote.ts'
import {type Item, SectionKeys} from './section-keys.ts'
import type {CustomService} from './spec.ts'

export interface CustomDraft {
  readonly service: Omit<CustomService, 'options'>
  readonly place: Place
}

/** The `[custom-NAME]` sections by service name. One with a bad image or port is in it
 * too, so that nothing else calls it unknown. */
export function readCustomSections(
  sections: readonly SourceSection[],
  catalog: Catalog,
  diagnostics: Diagnostics,
): ReadonlyMap<string, CustomDraft> {
  const drafts = new Map<string, CustomDraft>()
  for (const section of sections) {
    const service = readCustomSection(section, catalog, diagnostics)
    if (service === undefined || section.duplicate) continue
    const first = drafts.get(service.name)
    if (first === undefined) drafts.set(service.name, {service, place: section.place})
    else {
      const lines = `lines ${first.place.line} and ${section.place.line}`
      const summary = `the custom service ${quote(service.name)} stands twice: ${lines}`
      diagnostics.error('duplicate-section', summary, section.place, 'names are the same whatever their case')
    }
  }
  return drafts
}

function readCustomSection(
  section: SourceSection,
  catalog: Catalog,
  diagnostics: Diagnostics,
): CustomDraft['service'] | undefined {
  const {place} = section
  const keys = new SectionKeys(section, CUSTOM_SECTION, diagnostics, () => undefined)
  const image = keys.read('binary', decodeImage)
  if (!keys.has('binary')) {
    const summary = 'the custom service names no image'
    diagnostics.error('missing-binary', summary, place, 'add binary = IMAGE')
  }
  const exec = keys.read('exec', decodeCommand) ?? []
  const ports = distinctPorts(keys.readList('ports', decodePort) ?? [], diagnostics)
  const name = decodeCustomName(section.name)
  if (!name.ok) {
    diagnostics.error(name.code, name.summary, {...place, column: place.column + name.offset}, name.hint)
    return undefined
  }
  if (catalog.services.has(name.value)) {
    const hint = `choose another name, e.g. [custom-my-${name.value}]`
    diagnostics.error('shadowed-service', `${quote(name.value)} is a built-in service`, place, hint)
    return undefined
  }
  return {name: name.value, image: image ?? '', exec, ports}
}

/** Quotes that stand around the whole line are the file's; with more of them inside, they are the command's. */
function decodeCommand(value: string, entry: SourceEntry): Decoded<readonly string[]> {
  const mark = entry.raw[0] ?? ''
  const isCommand = entry.quoted && value.includes(mark)
  const words = splitArguments(isCommand ? entry.raw : value)
  return words.ok || !isCommand ? words : {...words, offset: words.offset - 1}
}

function distinctPorts(items: readonly Item<Port>[], diagnostics: Diagnostics): readonly Port[] {
  const ports = new Map<string, Port>()
  for (const {value, place} of items) {
    const name = portName(value)
    if (ports.has(name)) diagnostics.warning('duplicate-item', `the port ${name} stands twice`, place, 'remove one')
    ports.set(name, value)
  }
  return [...ports.values()]
}

function decodePort(text: string): Decoded<Port> {
  const match = /^(\d+)(?:\/(tcp|udp))?$/i.exec(text)
  const port = parseDigits(match?.[1] ?? '')
  if (port === undefined || port < 1 || port > 65_535) {
    return refuse('bad-port', `${quote(text)} is no port`, 'write numbers from 1 to 65535, e.g. 502, 161/udp')
  }
  return accept({port, protocol: match?.[2]?.toLowerCase() === 'udp' ? 'udp' : 'tcp'})
}

/** `22/tcp` */
export function portName({port, protocol}: Port): string {
  return `${port}/${protocol}`
}
