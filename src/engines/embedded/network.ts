/** The network of an embedded fleet is a note: loopback addresses need no making. */
import {createHash} from 'node:crypto'
import {rmSync} from 'node:fs'
import {isIPv4} from 'node:net'
import {join} from 'node:path'

import {readJson, replaceFile} from '../../decoy/embedded/files.ts'
import {PROTOCOL_VERSION} from '../../decoy/embedded/protocol.ts'
import type {FleetNetwork} from '../../fleet/decky.ts'
import type {ObservedNetwork} from '../../fleet/observation.ts'
import {EngineError, type Install} from '../engine.ts'

export const NETWORK_FILE = 'network.json'

interface NetworkRecord extends FleetNetwork {
  readonly v: number
  readonly id: string
}

/** The same for the same network of the same install: what is made again has the identity it had. */
export function networkId(install: Install, {driver, interface: name, subnet, gateway}: FleetNetwork): string {
  const facts = [install.id, driver, name, subnet, gateway].join('\0')
  return createHash('sha256').update(facts).digest('hex').slice(0, 16)
}

export function readNetwork(directory: string): ObservedNetwork | null {
  const record = readJson<NetworkRecord>(join(directory, NETWORK_FILE))
  if (record === null) return null
  const {id, driver, interface: name, subnet, gateway} = record
  return {id, driver, interface: name, subnet, gateway, foreignEndpoints: []}
}

export function saveNetwork(directory: string, network: FleetNetwork, install: Install): void {
  refuseOutside(network.subnet)
  const record: NetworkRecord = {v: PROTOCOL_VERSION, id: networkId(install, network), ...network}
  replaceFile(join(directory, NETWORK_FILE), `${JSON.stringify(record)}\n`)
}

export function deleteNetwork(directory: string): void {
  rmSync(join(directory, NETWORK_FILE), {force: true})
}

/** A decoy that needs no container would otherwise listen on the host's own addresses on the LAN. */
export function refuseOutside(address: string): void {
  const [ip = '', prefix = '32'] = address.split('/')
  if (isIPv4(ip) && ip.startsWith('127.') && Number(prefix) >= 8) return
  throw new EngineError('refused', `${address} is not inside 127.0.0.0/8, the only place for an embedded fleet`, {
    hint: 'use a loopback subnet, e.g. --subnet 127.77.0.0/24, or the docker engine',
  })
}
