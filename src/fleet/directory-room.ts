/** What the directories that one decky's options name may hold together. */
import type {Catalog} from './catalog.ts'
import type {DeckyDraft} from './decky-section.ts'
import type {Diagnostics} from './diagnostics.ts'
import type {OptionTable} from './option-section.ts'
import {header} from './quote.ts'

const KIB = 1024
/** Packed: all of it, in base64 and with the rest of the manifest, is one environment string of 128 KiB at most. */
const ROOM_KIB = 80
const BASE64 = 4 / 3

/** Reports a decky whose directories are each small enough, and together are not. */
export function checkRoom(draft: DeckyDraft, catalog: Catalog, table: OptionTable, diagnostics: Diagnostics): void {
  const {section, names, offered = []} = draft
  const reported = new Set<number>()
  for (const member of table.variants(section.name, names)) {
    const found = offered.flatMap(({value: service}) => {
      const {options, places} = table.of(section.name, member, service)
      return [...(catalog.services.get(service)?.directoryOptions?.keys() ?? [])].flatMap((option) => {
        const packed = options[option]
        const place = places.get(option) ?? section.place
        return typeof packed === 'string' ? [{option, service, place, length: packed.length}] : []
      })
    })
    // Two of the largest just fit: what stands before the base64 and fills it up is no whole KiB.
    const size = Math.floor(found.reduce((sum, {length}) => sum + length, 0) / BASE64 / KIB)
    const last = found.at(-1)
    if (last === undefined || size <= ROOM_KIB || reported.has(last.place.line)) continue
    reported.add(last.place.line)
    const named = found.map(({option, service}) => `${option} of ${service}`).join(', ')
    const summary = `the directories of ${header(member)} have ${size} KiB together when compressed: ${named}`
    const hint = `a decky has room for ${ROOM_KIB} KiB: make them smaller, or give a service to another decky`
    diagnostics.error('bad-option-value', summary, last.place, hint)
  }
}
