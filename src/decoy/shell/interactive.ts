/** A login shell: with a terminal it prompts and echoes, without one it reads commands like a script. */
import type {ServiceEvent} from '../../events/event.ts'
import {commandEvent} from './evidence.ts'
import type {Interpreter} from './interpreter.ts'
import {type Input, Interrupted, type LineRequest, type Output} from './io.ts'
import {parse} from './parser.ts'
import {longDate} from './programs/identity.ts'
import {OUTPUT_LIMIT, type Shell} from './shell.ts'
import {SyntaxFault} from './syntax.ts'

export interface InteractiveStreams {
  readonly input: Input
  readonly output: Output
  readonly errors: Output
}

/** What the logins of one decky share. */
export interface LoginHost {
  readonly interpreter: Interpreter
  /** Text after a login with a terminal; null: the distribution's own. */
  readonly motd: string | null
  /** A shell that is no login, as in a container: it neither greets nor takes leave. */
  readonly silent?: true
  /** The last login of each user, as the next one is told. */
  readonly lastLogins: ReadonlyMap<string, {readonly at: number; readonly from: string}>
}

const HISTORY_LINES = 500
/** Lines of one command; each is parsed together with those before it. */
const MAX_LINES = 200

/** Runs until the client leaves or the shell exits; returns the exit status. */
export async function runInteractive(
  decky: LoginHost,
  shell: Shell,
  streams: InteractiveStreams,
  report: (event: ServiceEvent) => void,
  limits: {readonly line: number; readonly sample: number; readonly drained: () => Promise<void>},
): Promise<number> {
  const terminal = shell.host.terminal !== null
  if (terminal) shell.history.push(...savedHistory(shell))
  if (terminal && decky.silent !== true) streams.output.write(greeting(decky, shell))
  while (shell.exiting === null) {
    try {
      // Lines sent ahead would else run while nobody reads what they print.
      await limits.drained()
      const text = await readCommand(shell, streams, limits.line)
      if (text === null) break
      await runLine(decky, shell, text, streams, report, limits.sample)
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error
      if (shell.host.signal.aborted || shell.host.budget.commands < 0) return 130
      shell.status = 130
    }
  }
  if (terminal && decky.silent !== true) streams.output.write('logout\n')
  return shell.exiting ?? shell.status
}

/** What bash reads when it starts on a terminal. */
function savedHistory({machine, account}: Shell): string[] {
  try {
    const text = machine.files.read(`${account.home}/.bash_history`, account).toString('latin1')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .slice(-HISTORY_LINES)
  } catch {
    return []
  }
}

async function runLine(
  decky: LoginHost,
  shell: Shell,
  text: string,
  streams: InteractiveStreams,
  report: (event: ServiceEvent) => void,
  sampleLimit: number,
): Promise<void> {
  if (text.trim() === '') return
  shell.history.push(text)
  if (shell.history.length > HISTORY_LINES) shell.history.shift()
  shell.interrupt = new AbortController()
  const user = shell.account.name
  try {
    const output = limited(streams.output)
    await decky.interpreter.run(shell, text, {stdin: streams.input, stdout: output, stderr: output})
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    shell.status = 130
  } finally {
    report(commandEvent(text, shell.status, 'shell', user, sampleLimit))
  }
}

/** Reads on while quotes, blocks or here-documents are open. */
async function readCommand(shell: Shell, {input}: InteractiveStreams, limit: number): Promise<string | null> {
  const terminal = shell.host.terminal !== null
  const request = (prompt: string): LineRequest => ({prompt: terminal ? prompt : '', echo: true})
  let text = await input.line(request(promptOf(shell)))
  for (let lines = 1; text !== null && text.length < limit && lines < MAX_LINES && isOpen(text); lines++) {
    const more = await input.line(request('> '))
    if (more === null) break
    text = `${text}\n${more}`
  }
  return text === null ? null : text.slice(0, limit)
}

function isOpen(text: string): boolean {
  try {
    parse(text)
    return endsInBackslash(text)
  } catch (error) {
    return error instanceof SyntaxFault && error.incomplete
  }
}

/** An odd number of backslashes at the end: the line goes on. */
function endsInBackslash(text: string): boolean {
  let count = 0
  while (text[text.length - 1 - count] === '\\') count++
  return count % 2 === 1
}

export function promptOf(shell: Shell): string {
  const {hostname} = shell.machine.persona
  const short = hostname.split('.')[0] ?? hostname
  const home = shell.account.home
  const inHome = shell.cwd === home || shell.cwd.startsWith(`${home}/`)
  const place = inHome ? `~${shell.cwd.slice(home.length)}` : shell.cwd
  const sign = shell.account.uid === 0 ? '#' : '$'
  switch (shell.machine.profile.family) {
    case 'alpine':
      // BusyBox's own, where nothing sets another.
      if (shell.machine.profile.id === 'buildroot' || shell.options.name === 'sh') return `${place} ${sign} `
      return `${short}:${place}${sign} `
    case 'redhat':
    case 'arch': {
      const base = place === '~' || place === '/' ? place : place.slice(place.lastIndexOf('/') + 1)
      return `[${shell.account.name}@${short} ${base}]${sign} `
    }
    default:
      return `${shell.account.name}@${short}:${place}${sign} `
  }
}

function greeting(decky: LoginHost, shell: Shell): string {
  const {profile, kernel, persona} = shell.machine
  const last = decky.lastLogins.get(shell.account.name)
  const lastLine =
    last === undefined
      ? ''
      : `Last login: ${longDate(new Date(last.at))} ${new Date(last.at).getUTCFullYear()} from ${last.from}\n`
  if (decky.motd !== null) return `${decky.motd}\n${lastLine}`
  if (profile.id === 'ubuntu') {
    const documentation =
      ' * Documentation:  https://help.ubuntu.com\n * Management:     https://landscape.canonical.com\n * Support:        https://ubuntu.com/pro\n'
    return `Welcome to ${profile.prettyName} (GNU/Linux ${kernel.release} x86_64)\n\n${documentation}\n${lastLine}`
  }
  if (profile.family !== 'debian') return `${profile.motd}${lastLine}`
  return `Linux ${persona.hostname} ${kernel.release} ${kernel.build} x86_64\n${profile.motd}${lastLine}`
}

/** Stops one line from writing without end. */
export function limited(output: Output): Output {
  let left = OUTPUT_LIMIT
  return {
    write: (text) => {
      const kept = text.slice(0, left)
      left -= kept.length
      if (kept !== '') output.write(kept)
    },
  }
}
