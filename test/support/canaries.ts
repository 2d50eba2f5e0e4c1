/** Secrets that are found wherever they leak: one for each option of the catalogue that is secret. */
import {parseOption} from '../../src/catalog/service-info.ts'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import type {OptionDefinition, ServiceDefinition} from '../../src/decoy/definition.ts'
import type {Section} from './fleet-text.ts'

export interface Canary {
  /** `service.option`. */
  readonly of: string
  readonly secret: string
}

export interface CanaryFleet {
  readonly sections: Readonly<Record<string, Section>>
  readonly canaries: readonly Canary[]
}

/** A number of few digits is in many texts by chance: such a secret is in the file, and not looked for. */
const isFindable = ({type}: OptionDefinition): boolean => type !== 'integer'

/** Every service that has secrets, on as few deckies as their ports allow. @param salt other secrets for another one. */
export function canaryFleet(salt: string): CanaryFleet {
  const sections: Record<string, Section> = {}
  const canaries: Canary[] = []
  const deckies: {name: string; services: string[]; ports: Set<string>}[] = []
  for (const [index, definition] of SERVICE_DEFINITIONS.entries()) {
    const options = secretsOf(definition, `${salt}${index.toString(36).padStart(2, '0')}`)
    if (options.length === 0) continue
    const ports = definition.ports.map(({port, protocol}) => `${port}/${protocol}`)
    let decky = deckies.find((each) => ports.every((port) => !each.ports.has(port)))
    if (decky === undefined) {
      decky = {name: `vault-${deckies.length + 1}`, services: [], ports: new Set()}
      deckies.push(decky)
    }
    decky.services.push(definition.name)
    for (const port of ports) decky.ports.add(port)
    sections[`${decky.name}.${definition.name}`] = Object.fromEntries(options.map(({name, value}) => [name, value]))
    for (const {name, secret} of options) if (secret !== null) canaries.push({of: `${definition.name}.${name}`, secret})
  }
  const machines = deckies.map(({name, services}) => [name, {services: services.join(', ')}] as const)
  return {sections: {...Object.fromEntries(machines), ...sections}, canaries}
}

interface SecretOption {
  readonly name: string
  /** As the fleet file has it. */
  readonly value: string
  readonly secret: string | null
}

function secretsOf({name: service, options}: ServiceDefinition, mark: string): SecretOption[] {
  return Object.entries(options).flatMap(([name, definition]) => {
    if (definition.secret !== true) return []
    // Of eight characters: VNC knows no longer passwords, and others none that are shorter.
    const secret = `Cnry${mark}`.padEnd(8, '7')
    const value = isFindable(definition) ? [secret, `backup:${secret}`] : ['42137']
    const fitting = value.find((text) => parseOption(definition, text).ok)
    if (fitting === undefined) throw new Error(`${service}.${name} takes no canary`)
    return [{name, value: fitting, secret: isFindable(definition) ? secret : null}]
  })
}

/** Whether bytes have the secret in them, as it is or in a form that anybody undoes. */
export function leaks(bytes: Buffer | string, {secret}: Canary): boolean {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1')
  return formsOf(secret).some((form) => text.includes(form))
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'latin1')
  // In base64 it depends on what stands before it, and its ends on its neighbours.
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    return encoded.slice(before === 0 ? 0 : before + 1, -1)
  })
  return [secret, bytes.toString('hex'), bytes.toString('utf16le'), [...secret].join('\0'), ...base64]
}
