/** What an Engine's errors mean. Status and text of dockerd 20.10 and 26.1; the text decides where both agree. */
import {DecnetError} from '../../fleet/errors.ts'
import {EngineError, type EngineFault} from '../engine.ts'
import {type CallFailure, isTlsRefusal} from './call-failure.ts'
import {REPOSITORY} from './names.ts'

export type FailureKind =
  | 'unreachable'
  | 'permission'
  | 'wrong-peer'
  | 'lost'
  | 'restarting'
  | 'api-version'
  | 'mac-in-use'
  | 'address-in-use'
  | 'pool-overlap'
  | 'parent-in-use'
  | 'parent-missing'
  | 'address-outside'
  | 'endpoints-active'
  | 'no-space'
  | 'no-descriptors'
  | 'sysctl'
  | 'seccomp'
  | 'executable'
  | 'image-missing'
  | 'network-missing'
  | 'name-taken'
  | 'leftover'
  | 'removing'
  | 'busy'
  | 'gone'
  | 'other'

/** First match wins: the MAC's text contains the address's, a missing image is a 404 like any other. */
const TEXTS: readonly (readonly [FailureKind, RegExp])[] = [
  ['api-version', /client version .* is too (new|old)/i],
  ['mac-in-use', /\bMAC\b.*address already in use/i],
  ['address-in-use', /address already in use|no available (ipv4 )?addresses/i],
  ['pool-overlap', /pool overlaps/i],
  ['parent-in-use', /already using parent interface/i],
  [
    'parent-missing',
    /invalid subinterface vlan name|parent .*(not found|does not exist)|not a valid (macvlan|ipvlan) parent|operation not supported/i,
  ],
  [
    'address-outside',
    /does not belong to any of this network's subnets|no configured subnet or ip-range contain|no matching subnet/i,
  ],
  ['endpoints-active', /has active endpoints/i],
  ['no-space', /no space left on device|disk quota exceeded/i],
  ['no-descriptors', /too many open files|resource temporarily unavailable|cannot allocate memory/i],
  ['sysctl', /sysctl|\/proc\/sys\//i],
  ['seccomp', /seccomp/i],
  ['executable', /exec format error|executable file not found|exec: .*no such file|stat .*: no such file/i],
  ['image-missing', /no such image/i],
  ['network-missing', /network .* not found/i],
  ['leftover', /task .*already exists|id already in use|container with (given )?id.*already exists/i],
  ['removing', /removal of container .* is already in progress|marked for removal/i],
  ['busy', /device or resource busy/i],
  ['name-taken', /is already in use by container|network with name .* already exists/i],
]

const PERMISSION_CODES = new Set(['EACCES', 'EPERM'])

/** What kind of failure this is. */
export function kindOf(failure: CallFailure): FailureKind {
  if (failure.code !== null && PERMISSION_CODES.has(failure.code)) return 'permission'
  if (failure.code !== null && isTlsRefusal(failure.code)) return 'wrong-peer'
  if (failure.outcome === 'unsent') return 'unreachable'
  if (failure.outcome === 'unknown') return 'lost'
  const listed = TEXTS.find(([, text]) => text.test(failure.text))
  if (listed !== undefined) return listed[0]
  if (failure.status === 404) return 'gone'
  return failure.status === 503 ? 'restarting' : 'other'
}

/** Kinds that can pass by themselves within seconds. */
const TRANSIENT: ReadonlySet<FailureKind> = new Set(['unreachable', 'restarting', 'busy', 'removing'])

export function isTransient(failure: CallFailure): boolean {
  return TRANSIENT.has(kindOf(failure))
}

/** What the failure was about; fills the messages. */
export interface FailureSubject {
  readonly endpoint: string
  /** `web-01`; absent for networks and images. */
  readonly decky?: string
  readonly ip?: string
  readonly mac?: string
  readonly interface?: string
  readonly image?: string
  /** Who holds what was asked for, where it was found out. */
  readonly holder?: string
}

interface Wording {
  readonly fault: EngineFault
  message(failure: CallFailure, subject: FailureSubject): string
  hint?(subject: FailureSubject): string
}

const held = (subject: FailureSubject) => (subject.holder === undefined ? '' : ` by ${subject.holder}`)

const WORDINGS: Readonly<Partial<Record<FailureKind, Wording>>> = {
  lost: {
    fault: 'unavailable',
    message: (f, s) => `the Docker Engine at ${s.endpoint} stopped answering (${f.message})`,
    hint: () => 'run the same command again once the engine answers: it looks at what was done and continues',
  },
  restarting: {
    fault: 'unavailable',
    message: (f, s) => `the Docker Engine at ${s.endpoint} is starting or stopping (${f.text})`,
    hint: () => 'wait until "docker info" answers, then run the same command again',
  },
  'mac-in-use': {
    fault: 'mac-in-use',
    message: (_, s) =>
      `the MAC address ${s.mac ?? ''} is held by ${s.holder ?? 'a container that the engine no longer lists'}`,
    hint: () =>
      'a crash of dockerd left it behind: "ctr -n moby tasks ls" shows it; ending it or a reboot frees the address',
  },
  'address-in-use': {
    fault: 'address-in-use',
    message: (_, s) => `the address ${s.ip ?? ''} is already in use${held(s)}`,
    hint: (s) => `free the address, or give ${s.decky ?? 'the decky'} another ip in the fleet file`,
  },
  'pool-overlap': {
    fault: 'foreign',
    message: (_, s) => `the subnet overlaps a Docker network that is not this fleet's${held(s)}`,
    hint: () => 'remove that network ("docker network rm NAME") or choose another subnet with --subnet',
  },
  'parent-in-use': {
    fault: 'foreign',
    message: (_, s) =>
      `the interface ${s.interface ?? ''} already carries a Docker network that is not this fleet's${held(s)}`,
    hint: () => 'remove that network ("docker network rm NAME") or choose another interface with --interface',
  },
  'parent-missing': {
    fault: 'refused',
    message: (f, s) => `the interface ${s.interface ?? ''} cannot carry a fleet (${f.text})`,
    hint: () => 'name an existing Ethernet interface of the engine\'s host with --interface; "ip link" lists them',
  },
  'address-outside': {
    fault: 'refused',
    message: (f, s) => `the address ${s.ip ?? ''} is outside the fleet's network (${f.text})`,
  },
  'endpoints-active': {
    fault: 'foreign',
    message: (_, s) => `the fleet's network is still in use${held(s)}`,
    hint: () => 'disconnect them with "docker network disconnect", then run the same command again',
  },
  'no-space': {
    fault: 'capacity',
    message: (f, s) => `the disk of the Docker Engine at ${s.endpoint} is full (${f.text})`,
    hint: () => '"docker system df" shows what uses it; free some space and run the same command again',
  },
  'no-descriptors': {
    fault: 'capacity',
    message: (f, s) => `the Docker Engine at ${s.endpoint} has run out of resources (${f.text})`,
    hint: () => 'use --parallel 1, or raise the limits of the docker service (LimitNOFILE, TasksMax)',
  },
  sysctl: {
    fault: 'refused',
    message: (f) => `the kernel of the engine's host refuses a setting of the OS profile (${f.text})`,
    hint: () => 'use a newer kernel, or an os whose profile does not need the setting',
  },
  seccomp: {
    fault: 'refused',
    message: (f) => `the engine refuses the seccomp profile (${f.text})`,
    hint: () => 'deckies run only under seccomp: use a kernel and a Docker Engine that support it',
  },
  executable: {
    fault: 'refused',
    message: (f, s) => `the image ${s.image ?? ''} cannot run its program (${f.text})`,
    hint: () => "check that the image is built for the platform of the engine's host and holds the program",
  },
  'image-missing': {
    fault: 'refused',
    message: (_, s) => `the image ${s.image ?? ''} is not on the Docker Engine at ${s.endpoint}`,
    hint: ({image = 'IMAGE'}) =>
      image.startsWith(`${REPOSITORY}:`)
        ? 'run the same command again: it makes the image anew'
        : `run "docker pull ${image}" there first; images are never downloaded on their own`,
  },
  'network-missing': {
    fault: 'refused',
    message: () => "the fleet's network disappeared",
    hint: () => 'run the same command again: it makes the network anew',
  },
  leftover: {
    fault: 'refused',
    message: (f) => `containerd still holds remains of this container (${f.text})`,
    hint: () => '"ctr -n moby tasks ls" shows them; restart containerd and docker, then run the same command again',
  },
  busy: {
    fault: 'refused',
    message: (f) => `the engine cannot let go of a container's files (${f.text})`,
    hint: () => 'another process holds them mounted; restart docker, then run the same command again',
  },
  'name-taken': {
    fault: 'foreign',
    message: (f) => `a resource of that name exists and is not this fleet's (${f.text})`,
    hint: () => 'remove or rename it, then run the same command again',
  },
}

/** The error that callers of the engine see. */
export function translate(failure: CallFailure, subject: FailureSubject): EngineError | DecnetError {
  const kind = kindOf(failure)
  const fatal = fatalError(kind, failure, subject)
  if (fatal !== null) return fatal
  const wording = WORDINGS[kind]
  if (wording === undefined)
    return new EngineError('refused', `${failure.call} failed: ${failure.text}`, {cause: failure})
  return new EngineError(wording.fault, wording.message(failure, subject), {
    hint: wording.hint?.(subject),
    cause: failure,
  })
}

/** Failures after which no other call to this engine makes sense. */
function fatalError(kind: FailureKind, failure: CallFailure, subject: FailureSubject): DecnetError | null {
  switch (kind) {
    case 'unreachable':
      return new DecnetError(
        'ENGINE_UNAVAILABLE',
        `the Docker Engine at ${subject.endpoint} cannot be reached (${failure.text})`,
        {
          hint: 'start it ("systemctl start docker"), or name another one with DOCKER_HOST',
          cause: failure,
        },
      )
    case 'permission':
      return new DecnetError(
        'PERMISSION',
        `you may not talk to the Docker Engine at ${subject.endpoint} (${failure.text})`,
        {
          hint: 'join the docker group ("sudo usermod -aG docker $USER", then log in again) or run as root',
          cause: failure,
        },
      )
    case 'wrong-peer':
      return new DecnetError(
        'ENGINE_UNAVAILABLE',
        `the Docker Engine at ${subject.endpoint} did not prove who it is (${failure.code}: ${failure.text})`,
        {
          hint: 'check ca.pem, cert.pem and key.pem, the name in the certificate, and the clocks of both machines',
          cause: failure,
        },
      )
    case 'api-version':
      return new DecnetError(
        'ENGINE_UNAVAILABLE',
        `the Docker Engine at ${subject.endpoint} does not speak our API version (${failure.text})`,
        {
          hint: 'Docker Engine 20.10 or later is needed',
          cause: failure,
        },
      )
    default:
      return null
  }
}
