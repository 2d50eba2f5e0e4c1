/** What tells one release from another. */
import type {ELASTICSEARCH_VERSIONS} from './definition.ts'

export interface Release {
  readonly version: (typeof ELASTICSEARCH_VERSIONS)[number]
  readonly hash: string
  readonly date: string
  readonly lucene: string
  readonly wire: string
  readonly index: string
  /** The type of JSON answers; 7 names the character set. */
  readonly json: string
  /** `X-elastic-product`, by which clients know the product since 7.14. */
  readonly named: boolean
  /** It warns of everything that it answers without a password (7.13 to 7.17). */
  readonly warns: boolean
  readonly java: string
}

const SEVEN = {wire: '6.8.0', index: '6.0.0-beta1', json: 'application/json; charset=UTF-8'} as const

export const RELEASES: readonly [Release, ...Release[]] = [
  {
    ...SEVEN,
    version: '7.10.2',
    hash: '747e1cc71def077253878a59143c1f785afa92b9',
    date: '2021-01-13T00:42:12.435326Z',
    lucene: '8.7.0',
    named: false,
    warns: false,
    java: '15.0.1',
  },
  {
    ...SEVEN,
    version: '7.17.12',
    hash: 'e3b0c3d3c5c130e1dc6d567d6baef1c73eeb2059',
    date: '2023-07-20T05:33:33.690180787Z',
    lucene: '8.11.1',
    named: true,
    warns: true,
    java: '20.0.2',
  },
  {
    version: '8.15.0',
    hash: '1a77947f34deddb41af25e6f0ddb8e830159c179',
    date: '2024-08-05T10:05:34.233336849Z',
    lucene: '9.11.1',
    wire: '7.17.0',
    index: '7.0.0',
    json: 'application/json',
    named: true,
    warns: false,
    java: '22.0.1',
  },
]

export const releaseOf = (wanted: unknown): Release => RELEASES.find(({version}) => version === wanted) ?? RELEASES[0]
