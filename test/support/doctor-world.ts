/** A machine and a Docker Engine on which nothing is wrong, and ways to spoil them. */
import {join} from 'node:path'

import {CATALOG} from '../../src/catalog/index.ts'
import type {EngineDetails, EngineFacts} from '../../src/engines/engine.ts'
import {readFleetSpec} from '../../src/fleet/read-spec.ts'
import type {Deps} from '../../src/operations/deps.ts'
import {type CheckReport, type Diagnosis, type DoctorRequest, diagnose} from '../../src/operations/doctor/index.ts'
import type {ProgramOutcome} from '../../src/operations/surroundings.ts'
import {FakeHost} from './fake-host.ts'
import {OperationWorld} from './operation-world.ts'

export class DoctorWorld extends OperationWorld {
  readonly machine = new FakeHost()
  nodeVersion = '24.15.0'
  uid: number | undefined = 0
  engineIsLocal = true
  engineFacts: EngineFacts | Error
  /** Output by program and first argument, e.g. `arping -V`. */
  readonly programs = new Map<string, ProgramOutcome>()
  readonly programCalls: string[] = []
  readonly solicited: string[] = []
  /** MACs that the kernel learns once it asks. */
  readonly neighbours = new Map<string, string>()
  free = 20 * 1024 ** 3
  instant = new Date('2026-03-01T12:00:00Z')

  constructor() {
    super()
    this.machine.link('eth0', {cidr: '192.168.1.10/24'})
    this.machine.write('/proc/modules', 'macvlan 28672 0 - Live 0x0\n')
    this.machine.write('/proc/self/net/route', ROUTES)
    this.machine.write('/proc/cpuinfo', 'flags\t\t: fpu vme de\n')
    this.machine.write('/proc/self/status', 'CapEff:\t000001ffffffffff\n')
    this.machine.write(
      '/proc/self/limits',
      'Max open files            1048576              1048576              files\n',
    )
    this.machine.write('/sys/class/dmi/id/sys_vendor', 'Dell Inc.\n')
    this.programs.set('timedatectl show', {code: 0, output: 'yes\n'})
    this.engineFacts = {
      endpoint: 'unix:///var/run/docker.sock',
      version: '26.1.5',
      apiVersion: '1.45',
      details: {
        operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
        kernel: '6.1.0-21-amd64',
        rootless: false,
        rootDirectory: '/var/lib/docker',
        systemTime: this.instant.toISOString(),
        askedAt: this.instant.getTime(),
        networks: [
          {name: 'bridge', driver: 'bridge', parent: '', subnets: ['172.17.0.0/16'], fleet: null, endpoints: []},
        ],
        containers: [],
      },
    }
  }

  /** Changes what the Engine says of itself. */
  engineSays(details: Partial<EngineDetails>): void {
    if (this.engineFacts instanceof Error || this.engineFacts.details === null) throw new Error('the Engine is silent')
    this.engineFacts = {...this.engineFacts, details: {...this.engineFacts.details, ...details}}
  }

  async diagnose(request: Partial<Omit<DoctorRequest, 'spec'>> = {}, text?: string): Promise<Diagnosis> {
    const spec = text === undefined ? null : readFleetSpec('fleet.ini', text, CATALOG).spec
    return diagnose(this.examined, {spec, probeLan: false, ...request}, new AbortController().signal)
  }

  async finding(id: string, request: Partial<Omit<DoctorRequest, 'spec'>> = {}, text?: string): Promise<CheckReport> {
    const {checks} = await this.diagnose(request, text)
    const found = checks.find((check) => check.id === id)
    if (found === undefined) throw new Error(`there is no check ${id}`)
    return found
  }

  /** The dependencies with this world's machine in them. */
  get examined(): Deps {
    const {machine, nodeVersion, uid, engineIsLocal} = this
    return {
      ...this.deps,
      now: () => this.instant,
      surroundings: {
        host: machine.host,
        nodeVersion,
        uid,
        engineIsLocal,
        engineFacts: async () => {
          if (this.engineFacts instanceof Error) throw this.engineFacts
          return this.engineFacts
        },
        run: async (program, args) => {
          this.programCalls.push([program, ...args].join(' '))
          const last = this.programs.get([program, args.at(-1)].join(' '))
          return last ?? this.programs.get([program, args[0]].join(' ')) ?? null
        },
        solicit: async (addresses) => {
          this.solicited.push(...addresses)
          const rows = [...this.neighbours].map(([ip, mac]) => `${ip} 0x1 0x2 ${mac} * eth0`)
          machine.write('/proc/self/net/arp', ['IP address HW type', ...rows, ''].join('\n'))
        },
        freeSpace: () => this.free,
      },
    }
  }

  /** Where a file of the state directory is. */
  readonly inState = (name: string): string => join(this.stateDir, name)
}

/** The default route of eth0 through 192.168.1.1. */
const ROUTES =
  'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\n'
