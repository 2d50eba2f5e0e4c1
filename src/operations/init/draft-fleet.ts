import type {Catalog} from '../../fleet/catalog.ts'
import {DecnetError} from '../../fleet/errors.ts'
import {CUSTOM_PREFIX} from '../../fleet/keys.ts'
import {quote} from '../../fleet/quote.ts'
import {checkRoom, fixAddresses} from './addresses.ts'
import {makeDeckies} from './deckies.ts'
import type {DraftDecky, FleetDraft} from './draft.ts'
import {Draw, newSeed} from './draw.ts'
import {nameHosts} from './hostnames.ts'
import type {InitInput} from './input.ts'
import {generalOf, type MachineFacts, statedEngine} from './network.ts'
import {kindsOf, wishesOf} from './wishes.ts'

/** The fleet that flags or interview ask for. Throws USAGE for what cannot be: an unknown name, too many deckies. */
export function draftFleet(input: InitInput, machine: MachineFacts, catalog: Catalog): FleetDraft {
  const drawn = input.randomServices === true || input.randomDistros === true
  const seed = input.seed ?? newSeed()
  const general = generalOf(input, machine)
  const wishes = wishesOf(input, catalog)
  const made = makeDeckies(kindsOf(input, catalog), wishes, catalog, new Draw(seed))
  const deckies = identified(made, input, general, machine)
  checkDeckies(deckies, catalog)
  checkRoom(deckies.length, general, machine.addresses)
  return {general, deckies, seed: drawn ? seed : null, origin: engineRemark(input, general.engine)}
}

/** Why a fleet that could be on the LAN is not: nobody asked for it. */
function engineRemark(input: InitInput, engine: FleetDraft['general']['engine']): string[] {
  if (engine !== 'embedded' || statedEngine(input) !== undefined) return []
  return [
    'No Docker Engine was found on this machine, so the deckies get loopback addresses; --engine docker puts them on the LAN.',
  ]
}

/** Host names and first address, where they are asked for. */
export function identified(
  deckies: readonly DraftDecky[],
  input: InitInput,
  general: FleetDraft['general'],
  {addresses}: MachineFacts,
): DraftDecky[] {
  const named = input.hostnames === undefined ? [...deckies] : nameHosts(deckies, input.hostnames)
  return input.ipStart === undefined ? named : fixAddresses(named, input.ipStart, general, addresses)
}

/** What the reader would take for something else, or refuse: said here in the words of the command line. */
export function checkDeckies(deckies: readonly DraftDecky[], catalog: Catalog): void {
  for (const {name, os, distro} of deckies) {
    const meaning = otherMeaning(name, catalog)
    if (meaning !== undefined) {
      const hint = 'choose another --name-pattern'
      throw new DecnetError('USAGE', `no decky can be called ${quote(name)}: ${meaning}`, {hint})
    }
    const found = distro === undefined ? undefined : catalog.distros.get(distro)
    if (os !== undefined && found !== undefined && found.os !== os) {
      throw new DecnetError('USAGE', `the distro ${distro} runs on ${found.os}, not on ${os}`, {hint: 'leave one out'})
    }
  }
}

function otherMeaning(name: string, catalog: Catalog): string | undefined {
  const lower = name.toLowerCase()
  if (lower === 'general' || lower === 'default') return 'the name is reserved'
  if (lower.startsWith(CUSTOM_PREFIX)) return 'it would be a custom service'
  const last = lower.slice(lower.lastIndexOf('.') + 1)
  return lower.includes('.') && catalog.services.has(last) ? `it would be options of ${last}` : undefined
}
