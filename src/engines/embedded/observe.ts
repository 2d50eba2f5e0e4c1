/** What runs of this fleet. Reads only, and makes nothing: a fleet that was never deployed here has no directory. */
import {readDeckies} from '../../decoy/embedded/files.ts'
import type {DeckyRecord, ListedDecky} from '../../decoy/embedded/protocol.ts'
import type {InstanceState, Observation, ObservedInstance} from '../../fleet/observation.ts'
import {ControlFailure} from './control-client.ts'
import {type DecoyProcess, Silence} from './decoy-process.ts'
import {readNetwork} from './network.ts'

interface Seen {
  readonly state: 'gone' | 'silent' | 'answers'
  readonly runtimeId: string | null
  readonly deckies: readonly ListedDecky[]
}

export async function observe(
  decoys: DecoyProcess,
  directory: string,
  runtimeId: string,
  signal: AbortSignal,
): Promise<Observation> {
  const seen = await look(decoys, directory, signal)
  return {
    network: readNetwork(directory),
    surplusNetworks: [],
    imagePresent: seen.state === 'answers' && seen.runtimeId === runtimeId,
    instances: seen.deckies.map(({record, playing}) => instanceOf(record, seen.state, playing)),
  }
}

async function look(decoys: DecoyProcess, directory: string, signal: AbortSignal): Promise<Seen> {
  try {
    const {process, deckies} = await decoys.ask('list', {}, signal)
    return {state: 'answers', runtimeId: process.runtimeId, deckies}
  } catch (error) {
    if (!(error instanceof Silence || error instanceof ControlFailure)) throw error
    const {state} = error instanceof Silence ? {state: 'silent' as const} : await decoys.find(signal)
    // What it was told is in its files, whether it is gone or only does not answer.
    const deckies = readDeckies(directory).map((record) => ({record, playing: !record.stopped}))
    return {state: state === 'answers' ? 'silent' : state, runtimeId: null, deckies}
  }
}

/** A process that is there and does not answer is stopped or stuck: so are its deckies. */
function stateOf(process: Seen['state'], playing: boolean): InstanceState {
  if (process === 'gone' || !playing) return 'exited'
  return process === 'answers' ? 'running' : 'paused'
}

const REASONS: Readonly<Partial<Record<Seen['state'], string>>> = {
  gone: 'its process is gone',
  silent: 'its process does not answer',
}

function instanceOf(record: DeckyRecord, process: Seen['state'], playing: boolean): ObservedInstance {
  const reason = REASONS[process]
  const {manifest, configHash, generation, networkId, startedAt} = record
  return {
    id: `embedded/${manifest.name}`,
    decky: manifest.name,
    customService: null,
    configHash,
    generation,
    state: stateOf(process, playing),
    ...(reason === undefined ? {} : {reason}),
    ip: manifest.bind,
    mac: manifest.persona.mac,
    networkId,
    startedAt,
    restarts: 0,
    deviations: [],
  }
}
