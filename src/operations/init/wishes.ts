import type {Catalog, OsName} from '../../fleet/catalog.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {quote} from '../../fleet/quote.ts'
import {DEFAULT_DECKIES, type DeckyWishes, type KindCount, MAX_DECKIES, officeMix} from './deckies.ts'
import type {InitInput} from './input.ts'
import {withoutClashes} from './random-services.ts'
import {knownName, listItems} from './usage.ts'

/** What kinds of deckies are asked for, and how many of each. Throws USAGE for unknown archetypes and wrong counts. */
export function kindsOf(input: InitInput, catalog: Catalog): KindCount[] {
  const {archetypes = [], deckies} = input
  if (deckies !== undefined) checkCount(deckies, '--deckies')
  if (archetypes.length === 0) {
    const count = deckies ?? DEFAULT_DECKIES
    const plain = input.services !== undefined || input.randomServices === true
    return plain ? [{archetype: null, count}] : officeMix(count, catalog)
  }
  const wanted = archetypes.flatMap((text) => listItems(text, '--archetype')).map((item) => kindOf(item, catalog))
  const fixed = wanted.reduce((sum, {count}) => sum + (count ?? 0), 0)
  const open = wanted.filter(({count}) => count === undefined).length
  const total = deckies ?? fixed + open
  if (total < fixed + open || (open === 0 && total !== fixed)) {
    const message = `--deckies ${total} contradicts --archetype, which asks for ${open > 0 ? 'at least ' : ''}${fixed + open}`
    throw new DecnetError('USAGE', message, {hint: 'leave --deckies out, or one of the counts'})
  }
  checkCount(total, '--archetype')
  return shareOut(wanted, total - fixed, open)
}

interface Wanted {
  readonly archetype: string
  readonly count: number | undefined
}

/** The kinds without a count share what is left, earlier ones getting one more where it does not divide. */
function shareOut(wanted: readonly Wanted[], rest: number, open: number): KindCount[] {
  let at = 0
  return wanted.map(({archetype, count}) => {
    if (count !== undefined) return {archetype, count}
    const share = Math.floor(rest / open) + (at < rest % open ? 1 : 0)
    at++
    return {archetype, count: share}
  })
}

function kindOf(item: string, catalog: Catalog): Wanted {
  const [name = '', amount, ...more] = item.split('=').map((part) => part.trim())
  const archetype = knownName(name, catalog.archetypes.keys(), 'archetype')
  if (amount === undefined) return {archetype, count: undefined}
  if (more.length > 0 || !/^\d{1,6}$/.test(amount)) {
    const hint = `write --archetype ${archetype}=3`
    throw new DecnetError('USAGE', `--archetype: ${quote(item)} has no right count`, {hint})
  }
  return {archetype, count: checkCount(Number(amount), '--archetype')}
}

function checkCount(count: number, flag: string): number {
  if (Number.isInteger(count) && count >= 1 && count <= MAX_DECKIES) return count
  throw new DecnetError('USAGE', `${flag}: ${count} deckies`, {hint: `a file is written for 1 to ${MAX_DECKIES}`})
}

/** Everything else that is asked of the deckies. Throws USAGE for unknown names and for what contradicts itself. */
export function wishesOf(input: InitInput, catalog: Catalog): DeckyWishes {
  const services = input.services === undefined ? undefined : servicesOf(input.services, catalog)
  if (services !== undefined && input.randomServices === true) throw contradiction('--services', '--randomize-services')
  const distros = input.distro === undefined ? [] : distrosOf(input.distro, catalog)
  if (distros.length > 0 && input.randomDistros === true) throw contradiction('--distro', '--randomize-distros')
  const os = input.os === undefined ? undefined : osOf(input.os, catalog)
  const other = distros.find((name) => os !== undefined && catalog.distros.get(name)?.os !== os)
  if (other !== undefined) {
    const message = `the distro ${other} runs on ${catalog.distros.get(other)?.os}, not on ${os}`
    throw new DecnetError('USAGE', message, {hint: 'leave out --os or --distro'})
  }
  return {
    randomServices: input.randomServices === true,
    randomDistros: input.randomDistros === true,
    distros,
    ...(services === undefined ? {} : {services}),
    ...(os === undefined ? {} : {os}),
    ...(input.namePattern === undefined ? {} : {namePattern: input.namePattern}),
  }
}

function servicesOf(text: string, catalog: Catalog): string[] {
  const services = [...new Set(listItems(text, '--services').flatMap((item) => playedBy(item, catalog)))]
  const kept = withoutClashes(services, catalog)
  const clash = services.find((name) => !kept.includes(name))
  if (clash === undefined) return services
  const message = `--services: ${clash} listens on a port that another of ${services.join(', ')} has`
  throw new DecnetError('USAGE', message, {hint: 'leave one out'})
}

/** The service of this name, or what stands for it in the catalogue. */
function playedBy(name: string, catalog: Catalog): readonly string[] {
  const standIn = catalog.standIns?.get(name.toLowerCase())
  if (standIn === undefined) return [knownName(name, catalog.services.keys(), 'service')]
  if (standIn.services.length > 0) return standIn.services
  const message = `--services: ${standIn.name} is no service here: ${standIn.reason}`
  throw new DecnetError('USAGE', message, {hint: 'leave it out'})
}

function distrosOf(text: string, catalog: Catalog): string[] {
  return listItems(text, '--distro').map((item) => knownName(item, catalog.distros.keys(), 'distro'))
}

function osOf(text: string, catalog: Catalog): OsName {
  const names = new Map<string, OsName>([...catalog.osProfiles.keys()].map((name) => [name, name]))
  for (const [alias, name] of catalog.osAliases) names.set(alias, name)
  const name = names.get(knownName(text, names.keys(), 'OS profile'))
  if (name === undefined) throw new DecnetError('INTERNAL', `the OS profile ${quote(text)} was lost`)
  return name
}

function contradiction(one: string, other: string): DecnetError {
  return new DecnetError('USAGE', `${one} and ${other} exclude each other`, {hint: 'leave one out'})
}
