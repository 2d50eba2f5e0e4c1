import {Flags} from '@oclif/core'

const UNITS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
const LONGEST_MS = 24 * 3_600_000

/** `60s`, `5m`, `500ms` → milliseconds. The unit is required: a bare number says nothing about it. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text)
  const value = match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] as string] as number)
  if (!(value <= LONGEST_MS)) throw new Error(`expected a duration such as 60s, 5m or 500ms (at most 24h), got ${text}`)
  return value
}

/** A duration flag; its value is in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: '60s',
  parse: async (text) => parseDuration(text),
})

export const yes = Flags.boolean({
  default: false,
  char: 'y',
  summary: 'Do not ask before something is replaced or removed.',
  env: 'DECNET_YES',
  helpGroup: 'SAFETY',
})

export const dryRun = Flags.boolean({default: false, summary: 'Show the plan and change nothing.', helpGroup: 'SAFETY'})

export const detailedExitcode = Flags.boolean({
  default: false,
  summary: 'Exit 2 instead of 0 when there are changes.',
  helpGroup: 'SAFETY',
})

export const parallel = Flags.integer({
  summary: 'Engine calls in flight at once; the `parallel` setting where absent.',
  min: 1,
  max: 64,
  env: 'DECNET_PARALLEL',
  helpGroup: 'ENGINE',
})

export const lockTimeout = durationFlag({
  summary: 'Wait this long for another command to end.',
  default: 0,
  defaultHelp: async () => '0s',
  env: 'DECNET_LOCK_TIMEOUT',
  helpGroup: 'ENGINE',
})

/** Flags of every command that changes something. */
export const mutationFlags = {
  yes,
  'dry-run': dryRun,
  'detailed-exitcode': detailedExitcode,
  parallel,
  timeout: durationFlag({
    summary: 'How long one decky may take until all its services answer.',
    default: 60_000,
    defaultHelp: async () => '60s',
    env: 'DECNET_TIMEOUT',
    helpGroup: 'ENGINE',
  }),
  'fail-fast': Flags.boolean({
    default: false,
    summary: 'Start nothing more after the first failure.',
    helpGroup: 'ENGINE',
  }),
  'lock-timeout': lockTimeout,
}

/** Flags that say where the fleet lives; they win over the fleet file. */
export const networkFlags = {
  interface: Flags.string({
    summary: 'Host interface that carries the deckies.',
    env: 'DECNET_INTERFACE',
    helpGroup: 'NETWORK',
  }),
  subnet: Flags.string({
    summary: 'Subnet of the LAN, e.g. 192.168.1.0/24.',
    env: 'DECNET_SUBNET',
    helpGroup: 'NETWORK',
  }),
  gateway: Flags.string({summary: 'Gateway of the LAN.', env: 'DECNET_GATEWAY', helpGroup: 'NETWORK'}),
  engine: Flags.option({
    summary: 'Where deckies run: in containers on the LAN, or in one process on this machine alone.',
    options: ['docker', 'embedded'] as const,
    env: 'DECNET_ENGINE',
    helpGroup: 'ENGINE',
  })(),
  'port-offset': Flags.integer({
    summary: 'With the embedded engine: add this to every port, so that none below 1024 is needed.',
    min: 0,
    max: 65_534,
    env: 'DECNET_PORT_OFFSET',
    helpGroup: 'ENGINE',
  }),
}

export const replaceFleet = Flags.boolean({
  default: false,
  summary: 'The file is the complete fleet: deckies that it does not name are removed.',
  helpGroup: 'FLEET',
})

/** Flags of every command. */
export const globalFlags = {
  progress: Flags.option({
    summary: 'How progress is shown, on standard error.',
    options: ['auto', 'tty', 'plain', 'json', 'quiet'] as const,
    default: 'auto' as const,
    env: 'DECNET_PROGRESS',
    helpGroup: 'GLOBAL',
  })(),
  quiet: Flags.boolean({default: false, char: 'q', summary: 'Same as --progress quiet.', helpGroup: 'GLOBAL'}),
  color: Flags.boolean({
    summary: 'Use colour on a terminal; NO_COLOR switches it off too.',
    default: true,
    allowNo: true,
    helpGroup: 'GLOBAL',
  }),
  'state-dir': Flags.string({
    summary: 'Directory of the state; /var/lib/decnet for root.',
    env: 'DECNET_STATE_DIR',
    helpGroup: 'GLOBAL',
  }),
}
