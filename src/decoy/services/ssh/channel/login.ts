/** What a login gives its channels, and what a shell and a transfer in them work on. */
import type {ServiceEvent} from '../../../../events/event.ts'
import type {Connection, StreamSession} from '../../../service.ts'
import type {Account} from '../../../shell/accounts.ts'
import {fileReadEvent, fileWriteEvents, safe} from '../../../shell/evidence.ts'
import type {ShellHost, Terminal} from '../../../shell/shell.ts'
import {Transcript} from '../../../transcript.ts'
import type {DeckySsh} from '../decky-ssh.ts'
import type {TransferHost} from '../transfer/transfer-host.ts'

/** What the channels of one authenticated connection share. */
export interface Login {
  readonly decky: DeckySsh
  readonly connection: Connection
  readonly session: StreamSession
  readonly account: Account
  readonly loginAt: number
  readonly commands: {commands: number}
  readonly uploads: {uploads: number}
  /** Resolves once the client has read what waits for it. */
  readonly drained: () => Promise<void>
  readonly send: (payload: Buffer) => void
  readonly disconnect: (text: string) => void
  /** Of its terminals; absent until there is one. */
  transcript?: Transcript
}

/** One for all terminals of a connection, as its parts are counted in the session. */
export function transcriptOf(login: Login, size: {readonly columns: number; readonly rows: number}): Transcript {
  const {session, connection} = login
  const {limits, now} = connection
  if (login.transcript !== undefined) return login.transcript
  const transcript = new Transcript((event) => session.report(event), {limits, now, size})
  session.signal.addEventListener('abort', () => transcript.end())
  login.transcript = transcript
  return transcript
}

export function transferHost({decky, account, connection, session, uploads}: Login): TransferHost {
  return {
    machine: decky.machine,
    account,
    limits: connection.limits,
    pool: decky.pool,
    budget: uploads,
    fileRead: (path) => session.report(fileReadEvent(path)),
    fileWritten: (path, data) => {
      for (const event of fileWriteEvents(path, data, connection.limits)) session.report(event)
    },
  }
}

export function shellHost(login: Login, terminal: Terminal | null): ShellHost {
  const {decky, connection, session, loginAt, commands} = login
  const transfers = transferHost(login)
  return {
    machine: decky.machine,
    peer: connection.peer,
    local: connection.local,
    terminal,
    loginAt,
    signal: session.signal,
    fileRead: transfers.fileRead,
    fileWritten: transfers.fileWritten,
    requested: (facts) => {
      const data = Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? safe(value) : value])
      const event: ServiceEvent = {event: 'request', data: Object.fromEntries(data)}
      session.report(event)
    },
    budget: commands,
  }
}
