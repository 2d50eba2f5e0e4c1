import {LAN_INTERFACE} from '../lab/layout.ts'

export type Section = Readonly<Record<string, string>>

/** The text of a fleet file, on the lab's LAN unless `general` says otherwise. A decky is a section, `web-01.ssh` the options of one of its services. */
export function fleetText(sections: Readonly<Record<string, Section>>, general: Section = {}): string {
  const lan = general.engine === 'embedded' ? {} : {interface: LAN_INTERFACE}
  const all = {general: {...lan, ...general}, ...sections}
  return Object.entries(all)
    .flatMap(([name, keys]) => [`[${name}]`, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`), ''])
    .join('\n')
}

/** `count` deckies called `PREFIX1`, `PREFIX2` …, each with one service and an address that is chosen for it. */
export function deckies(
  count: number,
  section: Section = {services: 'http'},
  prefix = 'decky-',
): Record<string, Section> {
  return Object.fromEntries(Array.from({length: count}, (_, index) => [`${prefix}${index + 1}`, section]))
}
