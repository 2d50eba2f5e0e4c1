import type {DeckyProbe, ServiceProbe} from '../engines/engine.ts'
import type {Decky, Fleet} from '../fleet/decky.ts'
import type {ObservedInstance} from '../fleet/observation.ts'

/** `unknown`: the engine could not be asked, which never means that the decky is gone. */
export type DeckyState = 'running' | 'degraded' | 'stopped' | 'restarting' | 'paused' | 'missing' | 'unknown'

export interface Drift {
  readonly field: string
  readonly desired: string
  readonly observed: string
}

export interface DeckyStatus {
  readonly name: string
  readonly ip: string
  readonly mac: string
  readonly hostname: string
  readonly os: string
  readonly host: string
  readonly state: DeckyState
  readonly services: readonly {
    readonly name: string
    /** As the fleet file says it. */
    readonly port: number
    /** As one connects to it: with the offset of the fleet. */
    readonly boundPort: number
    readonly protocol: string
    readonly state: ServiceProbe['state'] | 'unknown'
  }[]
  readonly drift: readonly Drift[]
}

/** What one decky is where its engine could not be asked. */
export function unknownStatus(decky: Decky, fleet: Pick<Fleet, 'portOffset'>): DeckyStatus {
  return {...identity(decky), state: 'unknown', services: services(decky, fleet, undefined), drift: []}
}

function identity({name, ip, mac, hostname, os, host}: Decky) {
  return {name, ip, mac, hostname, os, host}
}

function services(
  decky: Decky,
  {portOffset}: Pick<Fleet, 'portOffset'>,
  probe: DeckyProbe | undefined,
): DeckyStatus['services'] {
  return decky.services.flatMap(({name, ports}) =>
    ports.map(({port, protocol}) => {
      const found = probe?.services.find((service) => service.port === port && service.protocol === protocol)
      return {name, port, boundPort: port + portOffset, protocol, state: found?.state ?? 'unknown'}
    }),
  )
}

/** What was seen of one decky. */
export interface DeckyLook {
  readonly instance: ObservedInstance | undefined
  readonly probe: DeckyProbe | undefined
  /** The config hash that its instance should have. */
  readonly hash: string
  /** Whatever else carries its name is in there too. */
  readonly all?: readonly ObservedInstance[]
}

/** Pure: what one decky is, beside what it should be. */
export function statusOf(
  decky: Decky,
  fleet: Pick<Fleet, 'network' | 'portOffset'>,
  {instance, probe, hash, all = []}: DeckyLook,
): DeckyStatus {
  if (instance === undefined) {
    const drift = [{field: 'instance', desired: 'running', observed: 'missing'}]
    return {...identity(decky), state: 'missing', services: services(decky, fleet, undefined), drift}
  }
  const seen = services(decky, fleet, probe)
  // Loopback knows no MAC: there the decky's is only what its services claim.
  const wanted = {...decky, mac: fleet.network.driver === 'loopback' ? null : decky.mac}
  const drift = [...instanceDrift(wanted, instance, hash), ...probeDrift(wanted, probe), ...companionDrift(decky, all)]
  return {...identity(decky), state: stateOf(instance, seen, drift), services: seen, drift}
}

/** A decky whose MAC is null has none that could be another. */
type Wanted = Omit<Decky, 'mac'> & {readonly mac: string | null}

/** Fields of the drift under which a decky that runs cannot be reached as it should be. */
const IMPAIRING = /^(ip|mac|service)\b/

function stateOf(instance: ObservedInstance, seen: DeckyStatus['services'], drift: readonly Drift[]): DeckyState {
  switch (instance.state) {
    case 'running':
      if (drift.some(({field}) => IMPAIRING.test(field))) return 'degraded'
      return seen.every(({state}) => state === 'answering') ? 'running' : 'degraded'
    case 'restarting':
    case 'paused':
      return instance.state
    default:
      return 'stopped'
  }
}

function instanceDrift(decky: Wanted, instance: ObservedInstance, hash: string): Drift[] {
  const drift: Drift[] = []
  const compare = (field: string, desired: string, observed: string | null) => {
    if (desired !== observed) drift.push({field, desired, observed: observed ?? 'none'})
  }
  compare('state', 'running', describeState(instance))
  compare('config', hash.slice(0, 12), instance.configHash.slice(0, 12))
  // An instance that does not run has no address on some Engine versions; its state says enough.
  if (instance.state === 'running' || instance.ip !== null) compare('ip', decky.ip, instance.ip)
  const {mac} = decky
  if (mac !== null && (instance.state === 'running' || instance.mac !== null)) compare('mac', mac, instance.mac)
  const field = mac === null ? 'process' : 'hardening'
  for (const deviation of instance.deviations) drift.push({field, desired: 'as created', observed: deviation})
  return drift
}

function describeState({state, reason}: ObservedInstance): string {
  return reason === undefined ? state : `${state} (${reason})`
}

function probeDrift(decky: Wanted, probe: DeckyProbe | undefined): Drift[] {
  if (probe === undefined) return []
  if (probe.error !== null) return [{field: 'probe', desired: 'answers', observed: probe.error}]
  const drift: Drift[] = []
  if (probe.ip !== decky.ip) drift.push({field: 'ip inside', desired: decky.ip, observed: probe.ip ?? 'none'})
  if (decky.mac !== null && probe.mac !== decky.mac) {
    drift.push({field: 'mac inside', desired: decky.mac, observed: probe.mac ?? 'none'})
  }
  for (const {name, port, state} of probe.services) {
    if (state !== 'answering') drift.push({field: `service ${name}/${port}`, desired: 'answering', observed: state})
  }
  return drift
}

/** The decky's custom services, each an instance of its own, and instances that it has too many. */
function companionDrift(decky: Decky, all: readonly ObservedInstance[]): Drift[] {
  const drift: Drift[] = []
  const own = all.filter(({customService}) => customService === null).length
  if (own > 1) drift.push({field: 'instances', desired: '1', observed: String(own)})
  for (const {name} of decky.customServices) {
    const states = all.filter(({customService}) => customService === name).map(({state}) => state)
    if (all.length > 0 && !states.includes('running')) {
      drift.push({field: `service ${name}`, desired: 'running', observed: states[0] ?? 'missing'})
    }
  }
  return drift
}
