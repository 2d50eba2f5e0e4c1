/** Names that nobody has: those of machines everybody looks for, misspelt. */
import {computersOf} from '../../active-directory/computers.ts'
import {NETBIOS_LENGTH} from '../../persona/domain.ts'
import {lureNames} from '../../persona/lures.ts'
import type {Persona} from '../../persona.ts'

/** What Windows asks for by itself, and shares that people type. */
const EVERYWHERE = ['wpad', 'isatap', 'proxysrv', 'fileserver', 'printserver', 'sharepoint', 'exchange']
/** Shorter ones become words. */
const SHORTEST = 4
const COUNT = 16
const KEYS = 'qwertyuiopasdfghjklzxcvbnm'

/** Different on each decky, the same for its life. */
export function baitNames(persona: Persona): readonly string[] {
  const real = [...EVERYWHERE, ...lureNames(persona), ...computersOf(persona).map(({name}) => name.toLowerCase())]
  const candidates = real.filter((name) => name.length >= SHORTEST)
  const names = new Set<string>()
  for (let attempt = 0; names.size < COUNT && attempt < 8 * COUNT; attempt++) {
    const name = misspelt(persona.pick(`bait ${attempt}`, candidates), persona.bytes(`slip ${attempt}`, 2))
    if (!real.includes(name) && name !== persona.hostname.toLowerCase()) names.add(name)
  }
  return [...names]
}

/** One slip of the keyboard, never in the first letter, in which people are careful. */
function misspelt(name: string, chance: Buffer): string {
  const at = 1 + (chance.readUInt8(0) % (name.length - 1))
  const [before, letter, after] = [name.slice(0, at), name.charAt(at), name.slice(at + 1)]
  const slips = [
    before + after,
    before + letter + letter + after,
    before + after.slice(0, 1) + letter + after.slice(1),
    before + neighbourOf(letter) + after,
  ]
  // The last letter swapped with nothing is the name itself, doubled it is not.
  const slip = slips[chance.readUInt8(1) % slips.length] ?? ''
  return (slip === name ? before + letter + letter + after : slip).slice(0, NETBIOS_LENGTH)
}

function neighbourOf(letter: string): string {
  const at = KEYS.indexOf(letter)
  return at < 0 ? letter : (KEYS[(at + 1) % KEYS.length] ?? letter)
}
