/** What can be wrong, how a world comes to be so, and what the check has to say to it. */
import type {EngineContainer, EngineNetwork} from '../../src/engines/engine.ts'
import type {DoctorRequest} from '../../src/operations/doctor/index.ts'
import type {DoctorWorld} from './doctor-world.ts'

export interface Trouble {
  readonly id: string
  readonly what: string
  readonly spoil: (world: DoctorWorld) => unknown
  readonly request?: Partial<Omit<DoctorRequest, 'spec'>>
  readonly text?: string
  readonly result?: 'warning' | 'failed'
  readonly detail: RegExp
  readonly fix: RegExp
  readonly permission?: boolean
}

export const TROUBLED_FILE = '[web]\nservices = ssh, http\namount = 2\n'
export const ID = 'a'.repeat(64)

export const container = (facts: Partial<EngineContainer>): EngineContainer => ({
  id: ID,
  name: 'c',
  state: 'running',
  fleet: null,
  decky: null,
  ...facts,
})

export const network = (facts: Partial<EngineNetwork>): EngineNetwork => ({
  name: 'n',
  driver: 'macvlan',
  parent: '',
  subnets: [],
  fleet: null,
  endpoints: [],
  ...facts,
})
