import {readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {join} from 'node:path'

import type {Host} from '../../../network/host.ts'
import {type Check, type Finding, failed, ok, skipped, warning} from '../check.ts'
import type {DoctorFacts} from '../facts.ts'
import {capabilities} from './machine.ts'

/** Bit of `capabilities(7)`. */
const CAP_NET_BIND_SERVICE = 10
/** Below this a process needs a privilege to bind, where the kernel does not say otherwise. */
const USUAL_FIRST_FREE_PORT = 1024
/** An address of the default fleet that no decky of it gets. */
const TRIED_ADDRESS = '127.77.0.254'
const SUGGESTED_OFFSET = 20_000

export const loopback: Check = {
  id: 'loopback',
  group: 'engine',
  title: 'Loopback addresses',
  why: 'Each decky has a loopback address of its own, and only Linux has more than 127.0.0.1 without further ado.',
  engine: 'embedded',
  async run({host}) {
    if (host.platform !== 'linux') {
      return failed(
        `${host.platform} has only 127.0.0.1`,
        'use a Linux machine, or the docker engine with --engine docker',
      )
    }
    const problem = await bindProblem(TRIED_ADDRESS)
    if (problem === null) return ok('all of 127.0.0.0/8')
    return failed(`${TRIED_ADDRESS} cannot be bound (${problem})`, 'ip link set lo up')
  },
}

function bindProblem(address: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({host: address, port: 0}, () => server.close(() => resolve(null)))
  })
}

export const privilegedPorts: Check = {
  id: 'privileged-ports',
  group: 'engine',
  title: 'Low ports',
  why: 'Most services have ports below 1024, which an ordinary user may not bind.',
  engine: 'embedded',
  run(facts) {
    const text = facts.host.read('/proc/sys/net/ipv4/ip_unprivileged_port_start')
    const firstFree = text === null ? USUAL_FIRST_FREE_PORT : Number(text)
    const held = capabilities(facts)?.(CAP_NET_BIND_SERVICE) ?? facts.deps.surroundings.uid === 0
    if (held || firstFree <= 1) return ok('may be bound')
    const offset = offsetOf(facts)
    const lowest = lowestPort(facts) + offset
    if (lowest >= firstFree) return ok(`not needed: the lowest port is ${lowest}`)
    return failed(
      `port ${lowest} needs a privilege, as all below ${firstFree} do`,
      `--port-offset ${SUGGESTED_OFFSET}, or run as root`,
      {
        permission: true,
      },
    )
  },
}

function offsetOf({request, state}: DoctorFacts): number {
  return request.portOffset ?? state.snapshot?.stored?.fleet.portOffset ?? 0
}

/** The lowest port of the deckies that are wanted; without a file or a fleet, that of a usual one. */
function lowestPort({request, state, deps}: DoctorFacts): number {
  const committed = state.snapshot?.stored?.fleet.deckies.flatMap(({services}) => services) ?? []
  const named = request.spec?.deckies.flatMap(({services, options}) =>
    (services ?? []).flatMap((name) => deps.catalog.services.get(name)?.ports(options[name] ?? {}) ?? []),
  )
  const ports = [...committed.flatMap((service) => service.ports), ...(named ?? [])].map(({port}) => port)
  return ports.length === 0 ? 22 : Math.min(...ports)
}

/** Beside its listeners the process has its own files, and a socket for each session. */
const SPARE_DESCRIPTORS = 256
/** Three services a decky, as archetypes have them. */
const USUAL_SERVICES = 3

export const descriptors: Check = {
  id: 'descriptors',
  group: 'engine',
  title: 'Open files',
  why: 'One process holds a listener for each service of every decky, and a socket for each session.',
  engine: 'embedded',
  run(facts) {
    const text = /^Max open files\s+(\d+|unlimited)/m.exec(facts.host.read('/proc/self/limits') ?? '')?.[1]
    if (text === undefined) return skipped('this system does not tell')
    if (text === 'unlimited') return ok('no limit')
    const limit = Number(text)
    const deckies = Math.max(
      facts.request.spec?.deckies.length ?? 0,
      facts.state.snapshot?.stored?.fleet.deckies.length ?? 0,
    )
    const needed = deckies * USUAL_SERVICES + SPARE_DESCRIPTORS
    const found = `${limit} allowed, about ${needed} needed`
    return limit < needed ? failed(found, `ulimit -n ${needed * 2}`) : ok(found)
  },
}

export const embeddedProcess: Check = {
  id: 'embedded-process',
  group: 'leftovers',
  title: 'Embedded process',
  why: 'A decoy process that no fleet knows holds its ports and answers on them.',
  run({deps, host, state}): Finding {
    const pid = livingProcess(host, join(deps.stateDir, 'embedded'))
    if (pid === null) return ok('none is left')
    if (state.snapshot?.stored?.fleet.engine === 'embedded') return ok(`pid ${pid}, of this fleet`)
    return warning(`pid ${pid} plays deckies of no fleet`, 'decnet teardown --all --yes')
  },
}

/** The process that the directory of the embedded engine names, where it still is that process. */
function livingProcess(host: Host, directory: string): number | null {
  try {
    const {pid} = Object(JSON.parse(readFileSync(join(directory, 'process.json'), 'utf8').slice(0, 65_536)))
    if (!Number.isSafeInteger(pid) || pid <= 1) return null
    process.kill(pid, 0)
    // A pid is given out again; the process has its directory among its arguments.
    const words = host.read(`/proc/${pid}/cmdline`)?.split('\0')
    return words === undefined || words.includes(directory) ? pid : null
  } catch {
    return null
  }
}
