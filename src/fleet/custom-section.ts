import {splitArguments} from './argv.ts'
import type {Catalog, Port} from './catalog.ts'
import {CUSTOM_SECTION, type CustomKey} from './custom-keys.ts'
import {accept, type Decoded, parseDigits, refuse, withoutUndefined} from './decoded.ts'
import type {Diagnostics, Place} from './diagnostics.ts'
import type {SourceEntry, SourceSection} from './fleet-source.ts'
import {decodeImage} from './image-reference.ts'
import {decodeCustomName} from './names.ts'
import {quote, visible} from './quote.ts'
import {type Item, SectionKeys} from './section-keys.ts'
import type {CustomService, Health} from './spec.ts'

/** The image that a directory makes, named by what is in it. */
export interface Built {
  readonly image: string
  /** Absolute. */
  readonly directory: string
}

export type BuildReading =
  | (Built & {readonly ok: true})
  | {readonly ok: false; readonly problem: string; readonly hint: string}

/** The domain reads no files: whoever can gives it one of these. */
export type BuildReader = (path: string) => BuildReading

type CustomKeys = SectionKeys<CustomKey>

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
  builds: BuildReader = unreadBuild,
): ReadonlyMap<string, CustomDraft> {
  const drafts = new Map<string, CustomDraft>()
  for (const section of sections) {
    const service = readCustomSection(section, catalog, builds, diagnostics)
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
  builds: BuildReader,
  diagnostics: Diagnostics,
): CustomDraft['service'] | undefined {
  const {place} = section
  const keys = new SectionKeys(section, CUSTOM_SECTION, diagnostics, () => undefined)
  const source = readSource(keys, section, builds, diagnostics)
  const exec = keys.read('exec', decodeCommand) ?? []
  const ports = distinctPorts(keys.readList('ports', decodePort) ?? [], diagnostics)
  const health = keys.read('health', decodeHealth)
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
  return {name: name.value, ...source, exec, ports, ...withoutUndefined({health})}
}

function readSource(
  keys: CustomKeys,
  {place}: SourceSection,
  builds: BuildReader,
  diagnostics: Diagnostics,
): Pick<CustomService, 'image' | 'build'> {
  const image = keys.read('binary', decodeImage)
  const built = keys.read('build', (path) => decodeBuild(path, builds))
  if (!keys.has('binary') && !keys.has('build')) {
    const summary = 'the custom service names no image'
    diagnostics.error('missing-binary', summary, place, 'add binary = IMAGE, or build = DIRECTORY')
  }
  if (keys.has('binary') && keys.has('build')) {
    const summary = 'the custom service has two images: binary and build'
    diagnostics.error('bad-build', summary, keys.entry('build')?.keyPlace ?? place, 'remove one of the two')
  }
  if (built === undefined) return {image: image ?? ''}
  return {image: built.image, build: {directory: built.directory}}
}

function decodeBuild(path: string, builds: BuildReader): Decoded<Built> {
  const reading = builds(path)
  return reading.ok ? accept(reading) : refuse('bad-build', `build: ${visible(reading.problem)}`, reading.hint)
}

/** A number is a port; whatever else stands there is a command. */
function decodeHealth(value: string, entry: SourceEntry): Decoded<Health> {
  if (/^\d+(?:\/\w*)?$/.test(value)) {
    const port = decodePort(value)
    return port.ok ? accept({port: port.value}) : port
  }
  const command = decodeCommand(value, entry)
  return command.ok ? accept({command: command.value}) : command
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

/** Where nobody reads directories their names stay what they are. */
function unreadBuild(path: string): BuildReading {
  return {ok: true, image: '', directory: path}
}

/** `22/tcp` */
export function portName({port, protocol}: Port): string {
  return `${port}/${protocol}`
}
