import type {Decky} from './decky.ts'
import {DecnetError} from './errors.ts'
import type {EngineName} from './spec.ts'

const HIGHEST_PORT = 65_535

/**
 * Throws USAGE where the offset cannot be: on the docker engine, whose deckies have addresses of their own and bind what
 * they like, and where it takes a service beyond the highest port.
 */
export function checkPortOffset(offset: number, engine: EngineName, deckies: readonly Decky[]): void {
  if (offset === 0) return
  if (engine !== 'embedded') {
    throw new DecnetError('USAGE', `--port-offset is for the embedded engine, this fleet is for ${engine}`, {
      hint: 'leave it out, or choose --engine embedded',
    })
  }
  const bound = deckies.flatMap(({name: decky, services}) =>
    services.flatMap(({name, ports}) => ports.map(({port}) => ({decky, name, port}))),
  )
  const highest = bound.reduce((most, {port}) => Math.max(most, port), 0)
  const beyond = bound.find(({port}) => port + offset > HIGHEST_PORT)
  if (beyond === undefined) return
  const {decky, name, port} = beyond
  throw new DecnetError(
    'USAGE',
    `${name} of ${decky} would listen on port ${port + offset} (${port} and an offset of ${offset}); ports end at ${HIGHEST_PORT}`,
    {hint: `--port-offset can be at most ${HIGHEST_PORT - highest} for these deckies`},
  )
}
