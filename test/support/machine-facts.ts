import type {PersonaFacts} from '../../src/decoy/persona.ts'

/** A machine like any other; a test says what matters to it. */
export const DEBIAN_MACHINE: PersonaFacts = {
  hostname: 'vm',
  domain: null,
  os: 'linux',
  distro: 'debian',
  archetype: null,
  ip: '192.168.1.5',
  mac: '00:50:56:01:02:03',
  seed: '11'.repeat(32),
  since: '2026-01-01T00:00:00.000Z',
}
