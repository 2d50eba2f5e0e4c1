import type {Catalog} from '../../fleet/catalog.ts'
import {visible} from '../../fleet/quote.ts'
import {checkRoom} from './addresses.ts'
import type {FleetDraft} from './draft.ts'
import {checkDeckies, identified} from './draft-fleet.ts'
import {Draw, newSeed} from './draw.ts'
import {imitate} from './imitate.ts'
import type {InitInput} from './input.ts'
import type {MachineFacts} from './network.ts'
import {readScan} from './read-scan.ts'
import {generalOfScan} from './scan-network.ts'

/** A fleet in the manner of the machines that a scan found. Throws what `readScan` and `imitate` throw, and USAGE. */
export async function draftFromScan(
  file: string,
  input: InitInput,
  machine: MachineFacts,
  catalog: Catalog,
): Promise<FleetDraft> {
  const report = await readScan(file)
  const seed = input.seed ?? newSeed()
  const general = generalOfScan(input, report, machine)
  const wanted = {count: input.deckies, namePattern: input.namePattern}
  const deckies = identified(imitate(file, report, wanted, catalog, new Draw(seed)), input, general, machine)
  checkDeckies(deckies, catalog)
  checkRoom(deckies.length, general, machine.addresses)
  const hosts = report.hosts.length
  const origin = [
    `In the manner of ${hosts === 1 ? 'the host' : `the ${hosts} hosts`} that ${visible(file)} found up. ` +
      'Addresses that answered are excluded; no name or MAC that was found is used again.',
  ]
  return {general, deckies, seed, origin}
}
