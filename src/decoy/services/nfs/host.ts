/** What the ports of one decky's NFS server share. */
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import {Volume} from './volume/volume.ts'

const USUAL = ['/home', '/opt/scripts', '/var/www', '/var/backups', '/srv'] as const

export class NfsHost {
  readonly exports: readonly string[]
  /** Whom the list names. */
  readonly clients: string
  readonly readable: boolean
  readonly #persona: Persona
  #volume: Volume | null = null

  constructor(persona: Persona, options: OptionValues) {
    this.#persona = persona
    const named: readonly string[] = Array.isArray(options.exports) ? options.exports : []
    this.exports = named.length > 0 ? named.map((path) => path.replace(/(?!^)\/+$/, '')) : usualExports(persona)
    this.readable = options.access !== 'refused'
    this.clients = typeof options.clients === 'string' ? options.clients : this.readable ? '*' : neighbour(persona)
  }

  /** Made when somebody mounts it. */
  get volume(): Volume {
    this.#volume ??= new Volume(this.#persona, this.exports)
    return this.#volume
  }
}

function usualExports(persona: Persona): string[] {
  const count = persona.integer('nfs exports', 1, 3)
  const first = persona.integer('nfs first export', 0, USUAL.length - 1)
  return Array.from({length: count}, (_, index) => USUAL[(first + index * 2) % USUAL.length] ?? '/srv')
}

/** Another address of the decky's own /24. */
function neighbour(persona: Persona): string {
  const network = persona.facts.ip.split('.').slice(0, 3).join('.')
  return `${network}.${persona.integer('nfs client', 10, 240)}`
}
