import type {ExitCode} from './exit-codes.ts'

/** An environment variable that no flag stands for. */
export interface Variable {
  readonly name: string
  readonly summary: string
  /** The commands that it changes something for; absent: all. */
  readonly usedBy?: 'engine' | 'state'
}

/** Every environment variable that decnet heeds, besides those that stand for a flag. */
export const VARIABLES: readonly Variable[] = [
  {
    name: 'DOCKER_HOST',
    summary: 'The Docker Engine to use: unix:///PATH, or tcp://HOST:2376 with TLS. The local socket without it.',
    usedBy: 'engine',
  },
  {
    name: 'DOCKER_CERT_PATH',
    summary: 'Directory of ca.pem, cert.pem and key.pem for a tcp:// DOCKER_HOST.',
    usedBy: 'engine',
  },
  {
    name: 'XDG_STATE_HOME',
    summary: 'The state is in its directory decnet, for users other than root.',
    usedBy: 'state',
  },
  {
    name: 'HOME',
    summary: 'The state is in its .local/state/decnet where XDG_STATE_HOME is not set.',
    usedBy: 'state',
  },
  {
    name: 'DECNET_BUS_URL',
    summary: 'nats://HOST:PORT: where each lifecycle transition, drift and repair is published as it happens.',
    usedBy: 'engine',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    summary:
      'Where spans of the command and of each engine call are sent, by OTLP over HTTP. None are sent without it.',
    usedBy: 'engine',
  },
  {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    summary: 'The same, with the whole path.',
    usedBy: 'engine',
  },
  {
    name: 'OTEL_TRACES_EXPORTER',
    summary: 'otlp: send spans, to localhost where no endpoint is named; anything else: do not.',
    usedBy: 'engine',
  },
  {name: 'OTEL_SDK_DISABLED', summary: 'true: send no spans.', usedBy: 'engine'},
  {name: 'OTEL_SERVICE_NAME', summary: 'What spans call this program; decnet without it.', usedBy: 'engine'},
  {name: 'NO_COLOR', summary: 'Any value: no colour, as with --no-color.'},
  {name: 'TERM', summary: 'dumb: no colour, and progress as plain lines.'},
  {name: 'CI', summary: 'Any value: progress as plain lines, also on a terminal.'},
  {name: 'DEBUG', summary: '*: what happens inside, with stack traces, on standard error.'},
]

/** A command as far as its help is made of it; both the manifest and the classes have it. */
export interface DescribedCommand {
  readonly flags?: Readonly<Record<string, {readonly env?: string | undefined; readonly hidden?: boolean | undefined}>>
}

/** A variable as help shows it. */
export interface VariableLine {
  readonly name: string
  readonly summary: string
}

/**
 * The environment of one command: its flags' variables, then the others that apply to it. Asking an engine ends with 69
 * where it is not there, and the state with 74: the exit codes of a command tell which it uses.
 */
export function environmentOf(command: DescribedCommand, exits: readonly ExitCode[]): readonly VariableLine[] {
  const ofFlags = Object.entries(command.flags ?? {}).flatMap(([flag, {env, hidden}]) =>
    env === undefined || hidden === true ? [] : [{name: env, summary: `Stands for --${flag}.`}],
  )
  const others = VARIABLES.filter(
    ({usedBy}) =>
      usedBy === undefined || exits.includes(usedBy === 'engine' ? EXIT_WITHOUT_ENGINE : EXIT_WITHOUT_STATE),
  )
  return [...ofFlags.toSorted((a, b) => (a.name < b.name ? -1 : 1)), ...others]
}

const EXIT_WITHOUT_ENGINE: ExitCode = 69
const EXIT_WITHOUT_STATE: ExitCode = 74
