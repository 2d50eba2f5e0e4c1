/** Asks the process what its ports do. */

import {readDeckies} from '../../decoy/embedded/files.ts'
import type {PortStatus} from '../../decoy/status.ts'
import type {DeckyProbe} from '../engine.ts'
import {ControlFailure} from './control-client.ts'
import {type DecoyProcess, Silence} from './decoy-process.ts'

/** Never rejects for one decky's sake. */
export async function probeDeckies(
  decoys: DecoyProcess,
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<DeckyProbe[]> {
  if (names.length === 0) return []
  try {
    const {ports} = await decoys.ask('probe', {names}, signal)
    const byDecky = Map.groupBy(ports, ({decky}) => decky)
    const macs = new Map(readDeckies(directory).map(({manifest}) => [manifest.name, manifest.persona.mac]))
    return names.map((name) => probeOf(name, byDecky.get(name) ?? [], macs.get(name) ?? null))
  } catch (error) {
    if (error instanceof Silence) return names.map((name) => unknown(name, 'the decoy process does not answer'))
    if (error instanceof ControlFailure) return names.map((name) => unknown(name, 'the decoy process does not run'))
    throw error
  }
}

/** A MAC is what peers would be told: loopback has none. */
function probeOf(decky: string, ports: readonly PortStatus[], mac: string | null): DeckyProbe {
  const [first] = ports
  if (first === undefined) return unknown(decky, 'it is not played')
  const services = ports.map(({name, port, protocol, state}) => ({name, port, protocol, state}))
  return {decky, ip: first.bind, mac, services, error: null}
}

function unknown(decky: string, error: string): DeckyProbe {
  return {decky, ip: null, mac: null, services: [], error}
}
