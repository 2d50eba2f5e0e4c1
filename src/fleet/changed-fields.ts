import type {Decky} from './decky.ts'

const SHOWN: readonly (readonly [keyof Decky, string])[] = [
  ['ip', 'ip'],
  ['mac', 'mac'],
  ['hostname', 'hostname'],
  ['os', 'os'],
  ['distro', 'distro'],
  ['archetype', 'archetype'],
  ['customServices', 'custom services'],
]

/** The fields in which two resolutions of one decky differ, in the words of the fleet file. */
export function changedFields(before: Decky, after: Decky): string[] {
  const fields = SHOWN.filter(([field]) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).map(
    ([, word]) => word,
  )
  const names = (decky: Decky) => decky.services.map(({name}) => name).join()
  if (names(before) !== names(after)) return [...fields, 'services']
  const changed = after.services.filter(
    (service, index) => JSON.stringify(service) !== JSON.stringify(before.services[index]),
  )
  return [...fields, ...changed.map(({name}) => `${name} options`)]
}
