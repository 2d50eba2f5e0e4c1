import {Persona} from '../persona.ts'

/** A controller has a domain: where the persona has none, one of the kind that was usual for years. */
const FALLBACK_DOMAIN = 'corp.local'

/** Whatever speaks for Active Directory is a controller of its domain, whichever machine it was made as. */
export function asController(persona: Persona): Persona {
  const {domain, archetype} = persona.facts
  if (domain !== null && archetype === 'domain-controller') return persona
  return new Persona({...persona.facts, domain: domain ?? FALLBACK_DOMAIN, archetype: 'domain-controller'})
}
