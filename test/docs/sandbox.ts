/**
 * Runs the commands of a document as an operator would type them, in process and network namespaces of their own: the
 * addresses and ports that a document names are free there, and whatever it starts ends with it.
 */
import {spawn, spawnSync} from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

import {findCommand} from '../lab/debian.ts'
import {ROOT} from './pages.ts'

/** One block of a document. */
export interface Step {
  readonly name: string
  readonly script: string
}

export interface Played {
  readonly name: string
  /** Null: a step before it took the rest of the time. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface PlayOptions {
  /** Further files of the working directory, by name; a name that ends in `.sh` is made executable. */
  readonly files?: ReadonlyMap<string, string>
  readonly env?: Readonly<Record<string, string>>
  readonly stepSeconds?: number
  /** What is typed into a step that reads its standard input. */
  readonly typed?: string
}

const NAMESPACES = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc']
const AS_USER = ['--user', '--map-root-user']

/** SIOCSIFFLAGS with IFF_UP, IFF_LOOPBACK and IFF_RUNNING: Perl is on every Debian, iproute2 is not. */
const LOOPBACK_UP = `perl -e 'socket(S, 2, 2, 0); my $lo = pack("a16s", "lo", 0x49); ioctl(S, 0x8914, $lo) or die'`

/**
 * A document may hold any command, and the working directory is made of links into the tree. So that no `npm ci` or
 * `rm` gets through them, the tree and its packages are read-only; for this mount namespace and nobody else.
 */
export const PROTECT = [ROOT, realpathSync(join(ROOT, 'node_modules'))]
  .map((path) => `mount --bind '${path}' '${path}' && mount -o remount,bind,ro '${path}'`)
  .join(' && ')

/** A step that leaves through `exit` must not take the others along, so each is a shell of its own. */
const PLAY = `${LOOPBACK_UP} && ${PROTECT} || exit 125
for step in "$STEPS"/*.step; do
  timeout --kill-after=5 "$STEP_SECONDS" bash -euo pipefail "$step" >"$step.out" 2>"$step.err" <"$STEPS/typed"
  echo $? >"$step.code"
done
`

/** Why documents cannot be played on this machine, or undefined. */
export function whyNoSandbox(): string | undefined {
  if (process.platform !== 'linux') return `namespaces need Linux, this is ${process.platform}`
  const made = spawnSync('unshare', [...privileges(), ...NAMESPACES, 'bash', '-c', `${LOOPBACK_UP} && ${PROTECT}`], {
    encoding: 'utf8',
  })
  if (made.error !== undefined) return made.error.message
  return made.status === 0 ? undefined : `no namespaces can be made: ${made.stderr.trim()}`
}

function privileges(): readonly string[] {
  return process.getuid?.() === 0 ? [] : AS_USER
}

/** Plays the steps in order, in a directory that looks like the repository and has `decnet` on the PATH. */
export async function play(steps: readonly Step[], options: PlayOptions = {}): Promise<Played[]> {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-docs-'))
  try {
    const work = join(directory, 'work')
    furnish(directory, work, options.files ?? new Map())
    const folder = join(directory, 'steps')
    mkdirSync(folder)
    writeFileSync(join(folder, 'typed'), options.typed ?? '')
    const paths = steps.map(({script}, index) => {
      const path = join(folder, `${String(index).padStart(3, '0')}.step`)
      writeFileSync(path, script)
      return path
    })
    await run(directory, work, options, steps.length)
    return paths.map((path, index) => outcomeOf(path, steps[index]?.name ?? ''))
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}

/** Makes a directory that looks like the repository; names that are to be written there are left out. */
export function linkRepository(directory: string, without: ReadonlySet<string> = new Set()): void {
  mkdirSync(directory)
  for (const entry of readdirSync(ROOT)) {
    if (!without.has(entry)) symlinkSync(join(ROOT, entry), join(directory, entry))
  }
}

function furnish(directory: string, work: string, files: ReadonlyMap<string, string>): void {
  linkRepository(work, new Set(files.keys()))
  for (const [name, text] of files) writeFileSync(join(work, name), text, {mode: name.endsWith('.sh') ? 0o755 : 0o644})
  mkdirSync(join(directory, 'home'))
  mkdirSync(join(directory, 'bin'))
  for (const [name, script] of Object.entries(standIns(directory))) {
    writeFileSync(join(directory, 'bin', name), `#!/bin/sh\n${script}\n`, {mode: 0o755})
  }
}

/** Programs that are on the PATH before the machine's own. */
function standIns(directory: string): Readonly<Record<string, string>> {
  return {
    decnet: `exec '${process.execPath}' '${join(ROOT, 'bin/run.js')}' "$@"`,
    // The tree is installed and built already.
    npm: '[ "$*" = ci ] || { echo "npm $*: not here" >&2; exit 1; }',
    // ssh finds its home in the user database, and what it learns there is not for the machine to keep.
    ssh: `exec '${findCommand('ssh') ?? 'ssh'}' -o UserKnownHostsFile='${directory}/known_hosts' "$@"`,
    // Nobody is there to type: this answers what ssh asks.
    askpass: 'case $1 in *yes/no*) echo yes ;; *) echo backup2019 ;; esac',
  }
}

async function run(directory: string, work: string, options: PlayOptions, steps: number): Promise<void> {
  const seconds = options.stepSeconds ?? 60
  const home = join(directory, 'home')
  const child = spawn('unshare', [...privileges(), ...NAMESPACES, 'bash', '-c', PLAY], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: [join(directory, 'bin'), process.env.PATH, '/usr/sbin', '/sbin'].join(':'),
      HOME: home,
      LANG: 'C.UTF-8',
      SSH_ASKPASS: join(directory, 'bin/askpass'),
      SSH_ASKPASS_REQUIRE: 'force',
      TMPDIR: directory,
      // Where an ordinary user's state is; root's would be the machine's own.
      DECNET_STATE_DIR: join(home, '.local/state/decnet'),
      STEPS: join(directory, 'steps'),
      STEP_SECONDS: String(seconds),
      ...options.env,
    },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), (seconds + 10) * steps * 1000)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  }).finally(() => clearTimeout(timer))
  if (code !== 0) throw new Error(`the sandbox ended with ${code}: ${said}`)
}

function outcomeOf(path: string, name: string): Played {
  const code = read(`${path}.code`)
  return {name, code: code === '' ? null : Number(code), stdout: read(`${path}.out`), stderr: read(`${path}.err`)}
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
