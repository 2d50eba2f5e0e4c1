/** What a release says of itself: `/version`. */
import type {Persona} from '../../persona.ts'
import type {K8S_VERSIONS} from './definition.ts'

export interface Release {
  readonly version: (typeof K8S_VERSIONS)[number]
  readonly commit: string
  readonly built: string
  readonly go: string
}

const RELEASES: readonly Release[] = [
  {
    version: '1.24.17',
    commit: '22a9682c8fe855c321be75c5faacde343f909b04',
    built: '2023-08-23T23:37:25Z',
    go: 'go1.20.7',
  },
  {
    version: '1.26.3',
    commit: '9e644106593f3f4aa98f8a84b23db5fa378900bd',
    built: '2023-03-15T13:33:12Z',
    go: 'go1.19.7',
  },
]

/** All machines of a site run the same. */
export const releaseOf = (persona: Persona, wanted: unknown): Release =>
  RELEASES.find(({version}) => version === wanted) ?? persona.fleet.pick('kubernetes release', RELEASES)

export const versionJson = ({version, commit, built, go}: Release): Readonly<Record<string, string>> => ({
  major: version.split('.')[0] ?? '',
  minor: version.split('.')[1] ?? '',
  gitVersion: `v${version}`,
  gitCommit: commit,
  gitTreeState: 'clean',
  buildDate: built,
  goVersion: go,
  compiler: 'gc',
  platform: 'linux/amd64',
})
