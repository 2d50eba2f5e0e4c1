import type {Decky} from '../fleet/decky.ts'
import {deriveMac} from '../fleet/identity.ts'

/** The decky with another MAC of the same vendors. `salt` makes each rotation another one. */
export function rotateMac(
  decky: Decky,
  source: {readonly secret: Buffer; readonly salt: string; readonly taken: ReadonlySet<string>},
): Decky {
  const ouis = [decky.mac.slice(0, 8)]
  for (let attempt = 1; ; attempt++) {
    const mac = deriveMac(source.secret, `${decky.name}\0${source.salt}`, ouis, attempt)
    if (!source.taken.has(mac)) return {...decky, mac}
  }
}
