/** One node, which is the whole cluster. */

import type {OptionValues} from '../../definition.ts'
import {kernelOf} from '../../kernel.ts'
import type {Persona} from '../../persona.ts'
import {hardwareOf} from '../../shell/machine.ts'
import {profileOf} from '../../shell/profiles.ts'
import type {Json} from './failures.ts'
import {type Release, releaseOf} from './releases.ts'
import {identifier, Store} from './store.ts'

const ROLES = [
  'data',
  'data_cold',
  'data_content',
  'data_hot',
  'data_warm',
  'ingest',
  'master',
  'ml',
  'remote_cluster_client',
  'transform',
]
const CLUSTERS = ['elasticsearch', 'logging', 'search-prod', 'es-prod', 'logs', 'elk', 'search']

export class Node {
  readonly persona: Persona
  readonly release: Release
  readonly store: Store
  readonly name: string
  readonly cluster: string
  readonly id: string
  readonly clusterId: string

  constructor(persona: Persona, options: OptionValues, now: number) {
    this.persona = persona
    this.release = releaseOf(options.version)
    this.store = new Store(persona, now)
    this.name = persona.pick('es node', [
      persona.hostname.toLowerCase(),
      'node-1',
      `es-${persona.hostname.toLowerCase()}`,
    ])
    this.cluster = typeof options.cluster === 'string' ? options.cluster : persona.fleet.pick('es cluster', CLUSTERS)
    this.id = identifier(persona.bytes('es node id', 16))
    this.clusterId = identifier(persona.bytes('es cluster id', 16))
  }

  /** `data_frozen` came with 7.12. */
  get roles(): readonly string[] {
    return this.release.version === '7.10.2' ? ROLES : ROLES.toSpliced(3, 0, 'data_frozen')
  }

  startedAt(now: number): number {
    return this.persona.bootedAt(now) + this.persona.integer('es start', 20_000, 60_000)
  }

  /** The machine's own, as the node sees it. */
  load(now: number): {
    readonly cpu: number
    readonly heap: number
    readonly ram: number
    readonly load: readonly number[]
  } {
    const tick = Math.floor(now / 5000)
    const at = (purpose: string, min: number, max: number): number =>
      this.persona.integer(`es ${purpose} ${tick % 512}`, min, max)
    return {
      cpu: at('cpu', 1, 9),
      heap: at('heap', 22, 71),
      ram: at('ram', 88, 98),
      load: [5, 9, 12].map((most, index) => at(`load ${index}`, 1, most * 9) / 100),
    }
  }

  info(now: number): Json {
    const {release, persona} = this
    const address = persona.facts.ip
    const {cores, memory} = hardwareOf(persona)
    return {
      name: this.name,
      transport_address: `${address}:9300`,
      host: address,
      ip: address,
      version: release.version,
      build_flavor: 'default',
      build_type: profileOf(persona).family === 'redhat' ? 'rpm' : 'deb',
      build_hash: release.hash,
      roles: this.roles,
      attributes: {'ml.machine_memory': String(memory * 1024), 'xpack.installed': 'true', 'transform.node': 'true'},
      settings: {
        cluster: {name: this.cluster},
        node: {name: this.name, pidfile: '/var/run/elasticsearch/elasticsearch.pid'},
        path: {data: ['/var/lib/elasticsearch'], logs: '/var/log/elasticsearch', home: '/usr/share/elasticsearch'},
        discovery: {type: 'single-node'},
        network: {host: '0.0.0.0'},
      },
      os: {
        name: 'Linux',
        pretty_name: profileOf(persona).prettyName,
        arch: 'amd64',
        version: kernelOf(persona.facts).release,
        available_processors: cores,
        allocated_processors: cores,
      },
      process: {refresh_interval_in_millis: 1000, id: persona.integer('es pid', 600, 3000), mlockall: false},
      jvm: {
        pid: persona.integer('es pid', 600, 3000),
        version: release.java,
        vm_name: 'OpenJDK 64-Bit Server VM',
        start_time_in_millis: this.startedAt(now),
        using_bundled_jdk: true,
      },
      http: {
        bound_address: ['0.0.0.0:9200'],
        publish_address: `${address}:9200`,
        max_content_length_in_bytes: 104_857_600,
      },
      plugins: [],
    }
  }
}
