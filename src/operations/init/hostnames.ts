import {DecnetError} from '../../fleet/errors.ts'
import {quote} from '../../fleet/quote.ts'
import {decodeHostname} from '../../fleet/values.ts'
import type {DraftDecky} from './draft.ts'
import {expandPattern} from './name-pattern.ts'
import {listItems, required} from './usage.ts'

/**
 * Gives the deckies host names: those of a list in order, or of a pattern such as `SRV-{nn}` for all. Throws USAGE for
 * more names than deckies, a name twice, or what is no host name.
 */
export function nameHosts(deckies: readonly DraftDecky[], hostnames: string): DraftDecky[] {
  const names = hostnames.includes('{')
    ? deckies.map(({archetype = 'host'}, index) => expandPattern(hostnames, {archetype}, index + 1))
    : listItems(hostnames, '--hostnames')
  if (names.length > deckies.length) {
    const message = `--hostnames gives ${names.length} names for ${deckies.length} deckies`
    throw new DecnetError('USAGE', message, {hint: 'give fewer names, or ask for more --deckies'})
  }
  const seen = new Set<string>()
  for (const name of names) {
    required(decodeHostname(name), '--hostnames')
    if (seen.has(name.toLowerCase())) {
      throw new DecnetError('USAGE', `--hostnames gives ${quote(name)} twice`, {hint: 'a pattern needs a {nn}'})
    }
    seen.add(name.toLowerCase())
  }
  return deckies.map((decky, index) => {
    const hostname = names[index]
    return hostname === undefined ? decky : {...decky, hostname}
  })
}
