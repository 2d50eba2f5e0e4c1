/** What a decky's container is, in one create call. `hardening.ts` holds the engine to it. */
import {encodeManifest} from '../../decoy/manifest.ts'
import type {CustomService, NetworkDriver} from '../../fleet/spec.ts'
import type {DeckyRequest, Install} from '../engine.ts'
import {deckyManifest} from '../manifest.ts'
import {STOP_SECONDS} from './api.ts'
import type {ContainerSpec} from './api-types.ts'
import {containerLabels} from './labels.ts'
import {seccompProfile} from './seccomp.ts'

const MIB = 1024 * 1024

/** The paths of the image; neutral, because an intruder who gets inside reads them. */
export const NODE_PATH = '/usr/bin/node'
export const MAIN_PATH = '/srv/main.cjs'
export const PROBE_PATH = '/srv/probe.cjs'
export const MANIFEST_VARIABLE = 'MANIFEST'
export const DECOY_USER = '65532'

/** Node 24 with a few services needs 60 MiB; a second Node for the probe's few hundred milliseconds another 45. */
export const DECOY_MEMORY = 128 * MIB
/** Node alone runs 11 threads, the probe as many. */
export const DECOY_PIDS = 64
/** An operator's own image is not ours to size closely. */
const CUSTOM_MEMORY = 256 * MIB
const CUSTOM_PIDS = 128
const HALF_A_CPU = 500_000_000
const DESCRIPTORS = 1024

/** Evidence is collected from the log; two rotated files keep it readable while a third is written. */
const LOG_CONFIG = {Type: 'json-file', Config: {'max-size': '2m', 'max-file': '3'}}
const TMPFS = {'/tmp': 'rw,noexec,nosuid,nodev,size=8m'}

/** What all containers share. */
export interface ContainerContext {
  readonly install: Install
  /** The image of deckies. */
  readonly image: string
  /** Network-namespace settings of the decky's OS profile. */
  readonly osSysctls: Readonly<Record<string, string>>
}

/** Settings every decky gets over its OS profile's. */
const OWN_SYSCTLS: Readonly<Record<string, string>> = {
  // Lets an unprivileged process listen on 22; no capability is needed.
  'net.ipv4.ip_unprivileged_port_start': '0',
  // The kernel answers neighbour and router discovery by itself, outside of what the services tell.
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
}

export function deckySysctls(osSysctls: Readonly<Record<string, string>>): Record<string, string> {
  return {...osSysctls, ...OWN_SYSCTLS}
}

/** The container of a decky. */
export function deckySpec(
  request: DeckyRequest,
  network: {readonly handle: string; readonly driver: NetworkDriver},
  context: ContainerContext,
): ContainerSpec {
  const {decky} = request
  const udp = hasUdp(decky.services)
  // An ipvlan interface has its parent's MAC.
  const mac = network.driver === 'macvlan' ? {MacAddress: decky.mac} : {}
  const manifest = encodeManifest({v: 1, deckies: [deckyManifest(request, context.install, '0.0.0.0')]})
  return {
    Image: context.image,
    Hostname: decky.hostname,
    User: DECOY_USER,
    Env: [`${MANIFEST_VARIABLE}=${manifest}`],
    Entrypoint: [NODE_PATH, '--max-old-space-size=64', '--no-addons', MAIN_PATH],
    Cmd: [],
    WorkingDir: '/',
    Labels: containerLabels(context.install.id, request, null),
    Tty: false,
    StopSignal: 'SIGTERM',
    StopTimeout: STOP_SECONDS,
    // At the top level until API v1.43, with the endpoint since.
    ...mac,
    Healthcheck: {Test: ['NONE']},
    HostConfig: {
      ...confinement(udp, DECOY_PIDS, DECOY_MEMORY),
      ReadonlyRootfs: true,
      Tmpfs: TMPFS,
      Sysctls: deckySysctls(context.osSysctls),
      NetworkMode: network.handle,
      // Docker's resolver forwards outside; nothing in a decoy resolves names.
      Dns: ['127.0.0.1'],
      DnsSearch: ['.'],
    },
    NetworkingConfig: {
      EndpointsConfig: {[network.handle]: {IPAMConfig: {IPv4Address: decky.ip}, ...mac}},
    },
  }
}

/** The container of an operator's own service, in the network namespace of its decky's container. */
export function customServiceSpec(
  request: DeckyRequest,
  service: CustomService,
  deckyContainer: string,
  install: Install,
): ContainerSpec {
  return {
    Image: service.image,
    Env: Object.entries(service.options).map(([key, value]) => `${variableName(key)}=${value}`),
    ...(service.exec.length === 0 ? {} : {Cmd: service.exec}),
    Labels: containerLabels(install.id, request, service.name),
    Tty: false,
    StopTimeout: STOP_SECONDS,
    Healthcheck: {Test: ['NONE']},
    HostConfig: {
      ...confinement(hasUdp([service]), CUSTOM_PIDS, CUSTOM_MEMORY),
      NetworkMode: `container:${deckyContainer}`,
    },
  }
}

function confinement(udp: boolean, pids: number, memory: number) {
  return {
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges:true', `seccomp=${seccompProfile(udp)}`],
    PidsLimit: pids,
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: HALF_A_CPU,
    Ulimits: [
      {Name: 'nofile', Soft: DESCRIPTORS, Hard: DESCRIPTORS},
      {Name: 'core', Soft: 0, Hard: 0},
    ],
    LogConfig: LOG_CONFIG,
    RestartPolicy: {Name: 'always'},
    Init: false,
  }
}

export function hasUdp(services: readonly {readonly ports: readonly {readonly protocol: string}[]}[]): boolean {
  return services.some(({ports}) => ports.some(({protocol}) => protocol === 'udp'))
}

/** `listen-port` → `LISTEN_PORT`. */
function variableName(key: string): string {
  return key.toUpperCase().replace(/[^A-Z0-9]/g, '_')
}
