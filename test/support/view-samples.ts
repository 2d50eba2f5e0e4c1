/** What views are shown: a plan, a result, rows and a status. */
import type {LifecycleRow} from '../../src/fleet/lifecycle.ts'
import type {Plan} from '../../src/fleet/plan.ts'
import type {MutationResult} from '../../src/operations/mutation.ts'
import type {DeckyStatus, FleetStatus} from '../../src/operations/status.ts'
import {decky, network} from './fleet-parts.ts'

export const row = (changes: Partial<LifecycleRow> = {}): LifecycleRow => ({
  id: 7,
  deploymentId: 3,
  decky: 'web-01',
  host: 'local',
  operation: 'create',
  status: 'succeeded',
  outcome: 'created',
  error: null,
  createdAt: '2026-03-01T12:00:00.000Z',
  startedAt: '2026-03-01T12:00:01.000Z',
  completedAt: '2026-03-01T12:00:02.500Z',
  durationMs: 1500,
  ...changes,
})
export const failedRow = row({id: 8, decky: 'web-02', status: 'failed', outcome: null, error: 'ssh does not answer'})

export const PLAN: Plan = {
  operations: [
    {
      id: 'network.create network',
      address: 'network',
      action: 'network.create',
      decky: null,
      cause: 'not found',
      dependsOn: [],
      destructive: false,
    },
    {
      id: 'decky.create decky/a',
      address: 'decky/a',
      action: 'decky.create',
      decky: 'a',
      cause: 'new',
      dependsOn: ['network.create network'],
      destructive: false,
    },
    {
      id: 'decky.replace decky/b',
      address: 'decky/b',
      action: 'decky.replace',
      decky: 'b',
      cause: 'ip changed',
      dependsOn: ['network.create network'],
      destructive: true,
    },
  ],
  changes: [
    {decky: 'a', operation: 'create', cause: 'new', destructive: false},
    {decky: 'b', operation: 'replace', cause: 'ip changed', destructive: true},
    {decky: 'c', operation: 'restart', cause: 'its instance is exited', destructive: false},
    {decky: 'd', operation: 'remove', cause: 'no longer wanted', destructive: true},
    {decky: 'e', operation: 'keep', cause: 'as it should be', destructive: false},
  ],
}

export const result = (changes: Partial<MutationResult> = {}): MutationResult => ({
  deploymentId: 3,
  plan: PLAN,
  summary: {created: 1, replaced: 0, restarted: 0, removed: 0, unchanged: 2, failed: 1},
  rows: [row(), failedRow],
  interrupted: false,
  resourceErrors: [],
  fleet: {
    engine: 'docker',
    network: network(),
    domain: null,
    logFile: null,
    portOffset: 0,
    deckies: [decky(), decky({name: 'web-02', services: []})],
  },
  ...changes,
})

export const aStatus = (changes: Partial<DeckyStatus> = {}): DeckyStatus => ({
  name: 'web-01',
  ip: '192.168.100.111',
  mac: '00:50:56:00:00:11',
  hostname: 'WEB01',
  os: 'linux',
  host: 'local',
  state: 'running',
  services: [
    {name: 'ssh', port: 22, boundPort: 22, protocol: 'tcp', state: 'answering'},
    {name: 'http', port: 80, boundPort: 80, protocol: 'tcp', state: 'down'},
  ],
  drift: [],
  ...changes,
})
export const fleetStatus = (list: readonly DeckyStatus[], changes: Partial<FleetStatus> = {}): FleetStatus => ({
  fleet: {generation: 4, mode: 'unihost', fleet: result().fleet, deckies: []},
  deckies: list,
  leftovers: [],
  formerEngines: [],
  engineError: null,
  ...changes,
})
