import {isWsl} from '../../../network/hypervisor.ts'
import {type Check, failed, ofError, ok, skipped, warning} from '../check.ts'

const OLDEST = '20.10'

const NOT_ASKED = skipped('the Docker Engine could not be asked')

export const dockerReachable: Check = {
  id: 'docker-reachable',
  group: 'engine',
  title: 'Docker Engine',
  why: 'Deckies run on it, and nothing can be deployed or looked at without it.',
  engine: 'docker',
  async run(facts) {
    try {
      const {endpoint} = await facts.docker()
      return ok(`answers at ${endpoint}`)
    } catch (error) {
      const finding = ofError(error)
      return {...finding, fix: [finding.fix, 'without Docker: --engine embedded'].filter(Boolean).join('; ')}
    }
  },
}

export const dockerVersion: Check = {
  id: 'docker-version',
  group: 'engine',
  title: 'Docker version',
  why: `The sysctls and network settings of a decky need Engine ${OLDEST} (API 1.41) or later.`,
  engine: 'docker',
  async run(facts) {
    const engine = await facts.docker().catch(() => null)
    if (engine === null) return NOT_ASKED
    const found = `${engine.version}, API ${engine.apiVersion}`
    if (engine.details !== null) return ok(found)
    return failed(
      `${found} is too old`,
      `install Docker Engine ${OLDEST} or later: https://docs.docker.com/engine/install/`,
    )
  },
}

export const dockerRootless: Check = {
  id: 'docker-rootless',
  group: 'engine',
  title: 'Docker privileges',
  why: 'A rootless Engine lives in a network namespace of its own and cannot put a container on the LAN.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    if (details === null) return NOT_ASKED
    if (!details.rootless) return ok('runs as root')
    return failed(
      'runs rootless',
      "use the system's Engine: DOCKER_HOST=unix:///var/run/docker.sock, or --engine embedded",
    )
  },
}

export const dockerPlace: Check = {
  id: 'docker-place',
  group: 'engine',
  title: 'Docker host',
  why: 'Deckies appear on the LAN of the machine that the Engine runs on, which need not be this one.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    if (details === null) return NOT_ASKED
    const {operatingSystem, kernel} = details
    if (/docker desktop/i.test(operatingSystem)) return inVirtualMachine('Docker Desktop')
    if (/microsoft/i.test(kernel) || isWsl(facts.host)) return inVirtualMachine('WSL2')
    return ok(`${operatingSystem}, kernel ${kernel}${facts.local ? '' : ', on another machine'}`)
  },
}

function inVirtualMachine(what: string) {
  return warning(
    `${what} runs it in a virtual machine behind NAT, so deckies are not on your LAN`,
    'run decnet on a Linux machine in the LAN, or try it with --engine embedded',
  )
}

/** Seconds that two clocks may differ; an HTTP call and a second of rounding are well below. */
const DRIFT_LIMIT = 5

export const engineClock: Check = {
  id: 'engine-clock',
  group: 'engine',
  title: "Engine's clock",
  why: 'Events carry the time of the machine that the decky runs on; clocks that differ tear incidents apart.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    const theirs = Date.parse(details?.systemTime ?? '')
    if (details === null || Number.isNaN(theirs)) return NOT_ASKED
    const seconds = (theirs - details.askedAt) / 1000
    if (Math.abs(seconds) <= DRIFT_LIMIT) return ok('agrees with ours')
    const direction = seconds > 0 ? 'ahead of' : 'behind'
    return warning(
      `is ${Math.abs(Math.round(seconds))} s ${direction} ours`,
      'keep both machines on time: timedatectl set-ntp true',
    )
  },
}

/** Our image has 114 MB, and every decky may keep a few of logs. */
const DISK_LEAST = 300 * 1024 * 1024
const DISK_ENOUGH = 1024 * 1024 * 1024

export const engineDisk: Check = {
  id: 'engine-disk',
  group: 'engine',
  title: "Engine's disk",
  why: 'A full disk stops deckies from starting and loses what intruders do.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    if (details === null) return NOT_ASKED
    const free = facts.local ? facts.deps.surroundings.freeSpace(details.rootDirectory) : null
    if (free === null) return skipped(`${details.rootDirectory} cannot be seen from here`)
    const found = `${mebibytes(free)} MiB free in ${details.rootDirectory}`
    const fix = 'docker system df shows what uses it; docker image prune frees some'
    if (free < DISK_LEAST) return failed(found, fix)
    return free < DISK_ENOUGH ? warning(found, fix) : ok(found)
  },
}

export function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024)
}
