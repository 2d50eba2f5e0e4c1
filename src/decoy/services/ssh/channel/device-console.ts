/** The command line of a device behind a channel: what switches and management processors have in place of a shell. */

import {iloOf} from '../../../persona/ilo.ts'
import {deviceOf} from '../../../persona/ios-device.ts'
import {Terminal} from '../../../shell/terminal.ts'
import {IosCli} from '../../telnet/ios/cli.ts'
import type {Console} from '../../telnet/login.ts'
import {IloCli} from '../ilo/ilo-cli.ts'
import type {Login} from './login.ts'

export interface DeviceConsole {
  readonly terminal: Terminal
  /** Runs until somebody leaves; returns the exit status. */
  run(): Promise<number>
  /** One command that came without a terminal. */
  once(line: string): Promise<number>
}

/** Null: there is a shell behind the login, or nothing. */
export function deviceConsole(login: Login, send: (bytes: Buffer) => void): DeviceConsole | null {
  const {decky, connection, session, account} = login
  const {persona, product} = decky
  const terminal = new Terminal(send, connection.limits.line)
  const console: Console = {
    connection,
    session,
    terminal,
    write: (text) => send(Buffer.from(text, 'latin1')),
    drained: login.drained,
  }
  if (product.inside === 'ios') {
    const names = [...decky.policy.users.keys()]
    const cli = new IosCli(console, {device: deviceOf(persona), users: names, enable: decky.enable}, account.name)
    const run = async (): Promise<number> => {
      console.write('\r\n')
      await cli.run()
      return 0
    }
    return {terminal, run, once: (line) => cli.once(line)}
  }
  if (product.inside !== 'ilo') return null
  const {hostname, facts} = persona
  const cli = new IloCli(
    console,
    {device: iloOf(persona), hostname, ip: facts.ip, domain: facts.domain ?? ''},
    account.name,
  )
  return {terminal, run: () => cli.run().then(() => 0), once: (line) => Promise.resolve(cli.once(line))}
}
