/** Personas and clients for tests of TLS. */
import {connect as connectTcp, type Socket} from 'node:net'
import {type ConnectionOptions, connect, type TLSSocket} from 'node:tls'

import {Persona, type PersonaFacts} from '../../../src/decoy/persona.ts'

export const SINCE = '2026-01-10T08:00:00.000Z'

export function persona(facts: Partial<PersonaFacts> = {}): Persona {
  return new Persona({
    hostname: 'ber-web01',
    domain: null,
    os: 'linux',
    distro: 'debian',
    archetype: null,
    ip: '192.168.7.9',
    mac: '00:50:56:12:34:56',
    seed: '2f'.repeat(32),
    since: SINCE,
    fleet: {seed: '3a'.repeat(32), site: 'ber', controller: 'BER-DC01'},
    ...facts,
  })
}

export const windows = (facts: Partial<PersonaFacts> = {}): Persona =>
  persona({hostname: 'BER-FILE01', domain: 'corp.example', os: 'windows_server', distro: 'windows2019', ...facts})

export interface Client {
  readonly text: () => string
  readonly outcome: () => string | undefined
}

/** Connects with TLS; resolves once the handshake is done, rejects when it fails. */
export async function secure(port: number, options: ConnectionOptions = {}): Promise<TLSSocket & {received: string}> {
  const socket = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
    ...options,
  })
  return await gathering(socket)
}

export function gathering(socket: TLSSocket): Promise<TLSSocket & {received: string}> {
  const gathered = Object.assign(socket, {received: ''})
  socket.on('data', (chunk) => {
    gathered.received += chunk.toString('latin1')
  })
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(gathered))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('closed')))
  })
}

export interface Plain {
  readonly socket: Socket
  readonly bytes: () => Buffer
  readonly outcome: () => 'closed' | 'reset' | undefined
}

export function plain(port: number): Plain {
  const socket = connectTcp({port, host: '127.0.0.1'})
  const chunks: Buffer[] = []
  let outcome: 'closed' | 'reset' | undefined
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('end', () => {
    outcome ??= 'closed'
  })
  socket.on('error', () => {
    outcome ??= 'reset'
  })
  return {socket, bytes: () => Buffer.concat(chunks), outcome: () => outcome}
}
