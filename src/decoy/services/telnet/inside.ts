/** What is behind a login on Linux and BusyBox: the emulated shell. */
import type {ServiceEvent} from '../../../events/event.ts'
import {fileReadEvent, fileWriteEvents, safe} from '../../shell/evidence.ts'
import {type LoginHost, runInteractive} from '../../shell/interactive.ts'
import type {Machine} from '../../shell/machine.ts'
import {Shell, type ShellHost} from '../../shell/shell.ts'
import type {TelnetConnection} from './telnet-connection.ts'

export interface Inside extends LoginHost {
  readonly machine: Machine
  readonly lastLogins: Map<string, {readonly at: number; readonly from: string}>
  /** The shell's name in front of its complaints. */
  readonly shellName: string
}

export async function runShell(telnet: TelnetConnection, inside: Inside, user: string): Promise<void> {
  const {machine} = inside
  const account = machine.accounts.find(({name}) => name === user)
  if (account === undefined) return
  const {connection, session, terminal} = telnet
  const {limits} = connection
  const loginAt = connection.now()
  const report = (event: ServiceEvent): void => session.report(event)
  const host: ShellHost = {
    machine,
    peer: connection.peer,
    local: connection.local,
    terminal: telnet.negotiation.terminal,
    telnet: true,
    loginAt,
    signal: session.signal,
    fileRead: (path) => report(fileReadEvent(path)),
    fileWritten: (path, data) => fileWriteEvents(path, data, limits).forEach(report),
    requested: (facts) => {
      const data = Object.entries(facts).map(([key, value]) => [key, typeof value === 'string' ? safe(value) : value])
      report({event: 'request', data: Object.fromEntries(data)})
    },
    budget: {commands: limits.commands},
  }
  const shell = new Shell(host, account, {name: inside.shellName, interactive: true})
  terminal.history = shell.history
  terminal.onInterrupt = () => shell.interrupt.abort()
  const streams = {input: terminal, output: terminal, errors: terminal}
  const bounds = {line: limits.line, sample: limits.sample, drained: () => telnet.drained()}
  await runInteractive(inside, shell, streams, report, bounds)
  inside.lastLogins.set(user, {at: loginAt, from: connection.peer.ip})
}
