/** What tells one release of the Engine from another. */
import type {Persona} from '../../persona.ts'
import type {DOCKER_VERSIONS} from './definition.ts'

export type DockerVersion = (typeof DOCKER_VERSIONS)[number]

export interface Release {
  readonly version: DockerVersion
  readonly api: string
  readonly minApi: string
  /** `version --format '{{.Server.Platform.Name}}'`. */
  readonly platform: string
  readonly commit: string
  readonly go: string
  readonly built: string
  readonly containerd: {readonly version: string; readonly commit: string}
  readonly runc: {readonly version: string; readonly commit: string}
  readonly init: string
  /** The words and fields of 20.10, which later releases changed. */
  readonly old: boolean
}

const DEBIAN_12: Release = {
  version: '20.10.24+dfsg1',
  api: '1.41',
  minApi: '1.12',
  platform: '',
  commit: '297e128',
  go: 'go1.19.8',
  built: '2023-05-18T08:38:34.000000000+00:00',
  containerd: {version: '1.6.20~ds1', commit: '1.6.20~ds1-1+b1'},
  runc: {version: '1.1.5+ds1', commit: '1.1.5+ds1-1+deb12u1'},
  init: '',
  old: true,
}

const DEBIAN_13: Release = {
  version: '26.1.5+dfsg1',
  api: '1.45',
  minApi: '1.24',
  platform: '',
  commit: '411e817',
  go: 'go1.24.4',
  built: '2025-08-13T05:35:47.000000000+00:00',
  containerd: {version: '1.7.24~ds1', commit: '1.7.24~ds1-6+b4'},
  runc: {version: '1.1.15+ds1', commit: '1.1.15+ds1-2+b4'},
  init: '',
  old: false,
}

/** The packages of Docker itself, which everybody installs whose distribution has none, or an old one. */
const COMMUNITY: Release = {
  version: '26.1.3',
  api: '1.45',
  minApi: '1.24',
  platform: 'Docker Engine - Community',
  commit: '8e96db1',
  go: 'go1.21.10',
  built: '2024-05-16T08:33:29.000000000+00:00',
  containerd: {version: '1.6.32', commit: '8b3b7ca2e5ce38e8f31a34f35b2b68ceb8470d89'},
  runc: {version: '1.1.12', commit: 'v1.1.12-0-g51d5e94'},
  init: 'de40ad0',
  old: false,
}

const RELEASES = [DEBIAN_12, COMMUNITY, DEBIAN_13]

export function releaseOf({facts}: Persona, wanted: unknown): Release {
  const usual = facts.distro === 'debian' ? DEBIAN_12 : COMMUNITY
  return RELEASES.find(({version}) => version === wanted) ?? usual
}
