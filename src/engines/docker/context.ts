import type {OsName} from '../../fleet/catalog.ts'
import type {EvidenceSink, Install} from '../engine.ts'
import type {DockerApi} from './api.ts'
import type {Timing} from './timing.ts'

/** What every part of the Docker engine works with. */
export interface DockerContext {
  readonly api: DockerApi
  readonly timing: Timing
  readonly install: Install
  /** Reference of the image deckies run. */
  readonly image: string
  readonly evidence: EvidenceSink
  /** As messages name the engine: `unix:///var/run/docker.sock`. */
  readonly endpoint: string
  sysctlsOf(os: OsName): Readonly<Record<string, string>>
}
