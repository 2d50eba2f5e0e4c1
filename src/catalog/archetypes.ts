import type {Archetype} from '../fleet/catalog.ts'

/** An archetype stands here once every service it needs exists. */
const TABLE: readonly Archetype[] = [
  {
    name: 'linux-server',
    summary: 'Linux server with remote access and a web interface',
    services: ['ssh', 'http'],
    os: 'linux',
    distros: ['debian', 'ubuntu22', 'rocky9', 'fedora'],
    roles: ['srv', 'app', 'node', 'lnx'],
  },
  {
    name: 'deaddeck',
    summary: 'Forgotten machine that offers only a login',
    services: ['ssh'],
    os: 'linux',
    distros: ['debian', 'ubuntu22'],
    roles: ['old', 'test', 'dev', 'tmp', 'legacy'],
  },
]

export const ARCHETYPES: ReadonlyMap<string, Archetype> = new Map(TABLE.map((archetype) => [archetype.name, archetype]))
