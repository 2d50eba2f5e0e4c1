import {gzipSync} from 'node:zlib'

import {EngineError} from '../../../src/engines/engine.ts'
import {DecnetError} from '../../../src/fleet/errors.ts'
import {TROUBLED_FILE, type Trouble} from '../../support/trouble.ts'

/** Of the machine and the engine. */
export const MACHINE_TROUBLES: readonly Trouble[] = [
  {
    id: 'node-version',
    what: 'an old Node',
    spoil: (world) => (world.nodeVersion = '24.14.9'),
    detail: /24\.14\.9 is too old/,
    fix: /Node 24\.15/,
  },
  {
    id: 'kernel-modules',
    what: 'a kernel whose configuration leaves macvlan out',
    spoil({machine}) {
      machine.write('/proc/modules', '')
      machine.write('/proc/config.gz', gzipSync('# CONFIG_MACVLAN is not set\nCONFIG_IPVLAN=m\n'))
    },
    detail: /has no macvlan driver/,
    fix: /driver = ipvlan/,
  },
  {
    id: 'virtual-switch',
    what: 'a guest of VMware',
    spoil: ({machine}) => machine.write('/sys/class/dmi/id/sys_vendor', 'VMware, Inc.\n'),
    result: 'warning',
    detail: /guest of VMware/,
    fix: /Forged transmits/,
  },
  {
    id: 'probe-privileges',
    what: 'a probe by an ordinary user',
    spoil: ({machine}) => machine.write('/proc/self/status', 'CapEff:\t0000000000000000\n'),
    request: {probeLan: true},
    result: 'warning',
    detail: /CAP_NET_ADMIN and CAP_NET_RAW not held/,
    fix: /sudo/,
  },
  {
    id: 'clock',
    what: 'a clock without a time server',
    spoil: ({programs}) => programs.set('timedatectl show', {code: 0, output: 'no\n'}),
    result: 'warning',
    detail: /not kept by a time server/,
    fix: /set-ntp true/,
  },
  {
    id: 'clock',
    what: 'a clock at the epoch',
    spoil: (world) => (world.instant = new Date(0)),
    detail: /1970/,
    fix: /set-ntp true/,
  },
  {
    id: 'docker-reachable',
    what: 'no Docker',
    spoil: (world) =>
      (world.engineFacts = new DecnetError('ENGINE_UNAVAILABLE', 'cannot be reached', {hint: 'start it'})),
    detail: /cannot be reached/,
    fix: /start it; without Docker: --engine embedded/,
  },
  {
    id: 'docker-reachable',
    what: 'a socket of others',
    spoil: (world) =>
      (world.engineFacts = new DecnetError('PERMISSION', 'you may not', {hint: 'join the docker group'})),
    detail: /may not/,
    fix: /docker group/,
    permission: true,
  },
  {
    id: 'docker-reachable',
    what: 'an Engine that hangs',
    spoil: (world) => (world.engineFacts = new EngineError('unavailable', 'stopped answering')),
    detail: /stopped answering/,
    fix: /embedded/,
  },
  {
    id: 'docker-version',
    what: 'an old Docker',
    spoil: (world) =>
      (world.engineFacts = {endpoint: 'unix:///x', version: '19.03.15', apiVersion: '1.40', details: null}),
    detail: /19\.03\.15, API 1\.40 is too old/,
    fix: /20\.10/,
  },
  {
    id: 'docker-rootless',
    what: 'a rootless Docker',
    spoil: (world) => world.engineSays({rootless: true}),
    detail: /rootless/,
    fix: /DOCKER_HOST/,
  },
  {
    id: 'docker-place',
    what: 'Docker Desktop',
    spoil: (world) => world.engineSays({operatingSystem: 'Docker Desktop'}),
    result: 'warning',
    detail: /behind NAT/,
    fix: /Linux machine/,
  },
  {
    id: 'docker-place',
    what: 'WSL2',
    spoil: (world) => world.engineSays({kernel: '5.15.153.1-microsoft-standard-WSL2'}),
    result: 'warning',
    detail: /WSL2/,
    fix: /Linux machine/,
  },
  {
    id: 'engine-clock',
    what: 'clocks that differ',
    spoil: (world) => world.engineSays({systemTime: '2026-03-01T11:58:00.123456789Z'}),
    result: 'warning',
    detail: /120 s behind ours/,
    fix: /set-ntp/,
  },
  {
    id: 'engine-disk',
    what: 'a full disk of Docker',
    spoil: (world) => (world.free = 10 * 1024 ** 2),
    detail: /10 MiB free in \/var\/lib\/docker/,
    fix: /docker system df/,
  },
  {
    id: 'loopback',
    what: 'macOS',
    spoil: ({machine}) => (machine.platform = 'darwin'),
    request: {engine: 'embedded'},
    detail: /only 127\.0\.0\.1/,
    fix: /Linux/,
  },
  {
    id: 'privileged-ports',
    what: 'low ports of an ordinary user',
    spoil(world) {
      world.uid = 1000
      world.machine.write('/proc/self/status', 'CapEff:\t0000000000000000\n')
    },
    request: {engine: 'embedded'},
    text: TROUBLED_FILE,
    detail: /port 22 needs a privilege/,
    fix: /--port-offset/,
    permission: true,
  },
  {
    id: 'descriptors',
    what: 'few descriptors',
    spoil: ({machine}) =>
      machine.write('/proc/self/limits', 'Max open files            128                  4096                 files\n'),
    request: {engine: 'embedded'},
    detail: /128 allowed/,
    fix: /ulimit -n/,
  },
]
