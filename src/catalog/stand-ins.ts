import type {StandIn} from '../fleet/catalog.ts'

const TABLE: readonly StandIn[] = [
  {
    name: 'conpot',
    services: ['modbus', 's7'],
    reason: 'each industrial protocol is a service of its own',
  },
  {
    name: 'sniffer',
    services: [],
    reason: 'every decky records the TLS and SSH fingerprints of its clients by itself',
  },
]

/** Names of services in older fleet files whose work is done otherwise here. */
export const STAND_INS: ReadonlyMap<string, StandIn> = new Map(TABLE.map((standIn) => [standIn.name, standIn]))

/** What to tell whoever asks for one; undefined: the name is none of them. */
export function standInNote(name: string): string | undefined {
  const standIn = STAND_INS.get(name)
  if (standIn === undefined) return undefined
  const {services, reason} = standIn
  return services.length === 0 ? reason : `it stands for ${services.join(' and ')} in a fleet file: ${reason}`
}
