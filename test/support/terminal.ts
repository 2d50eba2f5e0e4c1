/** A terminal as a user has it: bash in tmux, which draws the screen that is looked at. */
import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import {collect, poll} from '../lab/process.ts'
import {environment, type Place} from './decnet.ts'

const LIMIT_MS = 60_000

export interface TerminalOptions {
  readonly columns: number
  readonly rows?: number
  readonly env?: NodeJS.ProcessEnv
}

export class Terminal {
  readonly #place: Place
  readonly #socket: string
  /** The number in the prompt: a new one tells that a command has ended, whatever the screen was before. */
  #prompt = 1

  private constructor(place: Place, socket: string) {
    this.#place = place
    this.#socket = socket
  }

  /** Opens one in the place's directory; the state directory is named from there, so that screens do not tell it. */
  static async open(place: Place, {columns, rows = 24, env = {}}: TerminalOptions): Promise<Terminal> {
    await mkdir(join(place.directory, 'home'), {recursive: true})
    const terminal = new Terminal(place, join(place.directory, `tmux-${columns}`))
    const shell = String.raw`env 'PS1=\#$ ' HISTFILE= bash --norc --noprofile`
    const size = ['-x', String(columns), '-y', String(rows)]
    const variables = {TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env}
    await terminal.#tmux(['-f', '/dev/null', 'new-session', '-d', ...size, shell], {
      ...environment('state', place.directory, {env: variables}),
    })
    await terminal.#tmux(['set', '-g', 'status', 'off'])
    await terminal.#tmux(['resize-window', '-x', String(columns), '-y', String(rows)])
    await terminal.#prompted()
    return terminal
  }

  /** Presses keys, by tmux's names for them. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux(['send-keys', ...keys])
  }

  async type(text: string): Promise<void> {
    await this.#tmux(['send-keys', '-l', text])
  }

  /** What is on the screen once it has what is waited for. */
  shows(what: string | RegExp): Promise<string> {
    const test = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen))
    return this.#until(String(what), test)
  }

  /** Runs a command on an empty screen and returns what is there, without the last prompt, when it has ended. */
  async run(command: string): Promise<string> {
    await this.start(command)
    return await this.ended()
  }

  /** Types a command, whose output begins on an empty screen. */
  async start(command: string): Promise<void> {
    await this.type(`clear; ${command}`)
    await this.press('Enter')
  }

  /** The screen when the prompt is back. */
  async ended(): Promise<string> {
    this.#prompt++
    return await this.#prompted()
  }

  /** With the escape sequences that colour it. */
  async colours(): Promise<string> {
    return (await this.#tmux(['capture-pane', '-p', '-e'])).trimEnd()
  }

  async close(): Promise<void> {
    await this.#tmux(['kill-server']).catch(() => undefined)
  }

  async #prompted(): Promise<string> {
    const prompt = new RegExp(`(^|\\n)${this.#prompt}\\$$`)
    const screen = await this.#until('the prompt', (text) => prompt.test(text.trimEnd()))
    return screen.replace(prompt, '')
  }

  async #until(what: string, test: (screen: string) => boolean): Promise<string> {
    let screen = ''
    await poll(
      `the terminal shows ${what}`,
      async () => {
        // A line that the terminal broke is whole again, and wider than the terminal: so it can be told from others.
        screen = (await this.#tmux(['capture-pane', '-p', '-J'])).replaceAll(/ +$/gm, '')
        return test(screen)
      },
      {timeoutMs: LIMIT_MS},
    ).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : error}; it shows:\n${screen.trimEnd()}`)
    })
    return screen.trimEnd()
  }

  async #tmux(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const {directory: cwd} = this.#place
    const child = this.#place.spawn('tmux', ['-u', '-S', this.#socket, ...args], {cwd, env, stdio: 'pipe'})
    const {code, stdout, stderr} = await collect(child, `tmux ${args[0]}`, LIMIT_MS)
    if (code !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`)
    return stdout
  }
}
