/** The dialogue of a login, as the program behind each server has it. */
import {timingSafeEqual} from 'node:crypto'

import {printable, sample} from '../../sample.ts'
import type {Connection, StreamSession} from '../../service.ts'
import {Interrupted, type LineRequest} from '../../shell/io.ts'

/** BusyBox's EMPTY_USERNAME_COUNT; others count the empty lines, too. */
const EMPTY_NAMES = 10

/** A terminal with somebody at it, whatever carries it. */
export interface Console {
  readonly connection: Connection
  readonly session: StreamSession
  readonly terminal: {line(request: LineRequest): Promise<string | null>}
  write(text: string): void
  /** Resolves once the client has read what waits for it, or the session is over. */
  drained(): Promise<void>
}

export interface LoginManner {
  /** Before the first prompt. */
  readonly banner: string
  readonly userPrompt: string
  readonly passwordPrompt: string
  readonly tries: number
  readonly failureMs: number
  readonly failed: string
  /** After the last try; `failed` comes before it. */
  readonly last: string
}

/** The user's name; null: the tries are used up, or the client left. */
export async function logIn(
  telnet: Console & {wait(ms: number): Promise<void>},
  manner: LoginManner,
  users: ReadonlyMap<string, Buffer>,
): Promise<string | null> {
  telnet.write(manner.banner)
  for (let attempt = 1; attempt <= manner.tries; attempt++) {
    const name = await nameFrom(telnet, manner.userPrompt)
    if (name === null) return null
    const password = await answer(telnet, manner.passwordPrompt, false)
    if (password === null) return null
    const right = matches(users.get(name), password)
    record(telnet, name, password, 'password', right)
    if (right) {
      telnet.session.authenticated()
      return name
    }
    await telnet.wait(manner.failureMs)
    telnet.write(manner.failed)
  }
  telnet.write(manner.last)
  return null
}

/** Null: the client left, or types nothing but empty lines. */
async function nameFrom(telnet: Console, prompt: string): Promise<string | null> {
  for (let asked = 0; asked < EMPTY_NAMES; asked++) {
    await telnet.drained()
    const name = await answer(telnet, prompt, true)
    if (name !== '') return name
  }
  return null
}

/** One line; null once the client left. Ctrl-C is no answer but an end. */
export async function answer(telnet: Console, prompt: string, echo: boolean): Promise<string | null> {
  if (telnet.session.signal.aborted) return null
  try {
    telnet.write(prompt)
    return await telnet.terminal.line({prompt: '', echo})
  } catch (error) {
    if (error instanceof Interrupted) return null
    throw error
  }
}

export function matches(expected: Buffer | undefined, given: string): boolean {
  const bytes = Buffer.from(given, 'latin1')
  return expected !== undefined && expected.length === bytes.length && timingSafeEqual(expected, bytes)
}

export function record(telnet: Console, name: string, password: string, method: string, success: boolean): void {
  const {credential} = telnet.connection.limits
  const principal = printable(Buffer.from(name, 'latin1').subarray(0, credential))
  const secret = sample(Buffer.from(password, 'latin1'), credential)
  const outcome = success ? 'success' : 'failure'
  telnet.session.report({event: 'auth.attempt', credential: {principal, method, secret, outcome}})
}
