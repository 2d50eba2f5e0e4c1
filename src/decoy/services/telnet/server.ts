/** The `telnet` service. */

import type {Duplex} from 'node:stream'
import {NEVER_IDLE, type Patience} from '../../deadlines.ts'
import type {OptionValue} from '../../definition.ts'
import {honeyBytes} from '../../honey-users.ts'
import {deviceOf} from '../../persona/ios-device.ts'
import type {Persona} from '../../persona.ts'
import type {Connection, CreateService, Service, StreamSession} from '../../service.ts'
import {busyboxGreeting} from '../../shell/busybox.ts'
import {Interpreter} from '../../shell/interpreter.ts'
import {createMachine} from '../../shell/machine.ts'
import {FIRMWARE, profileOf} from '../../shell/profiles.ts'
import {programsOf} from '../../shell/programs/index.ts'
import {TELNET_PRODUCTS} from './definition.ts'
import {type Inside, runShell} from './inside.ts'
import {IosCli} from './ios/cli.ts'
import {logIn} from './login.ts'
import {mannerOf} from './manners.ts'
import {Negotiation, type ProductName} from './negotiation.ts'
import {TelnetConnection} from './telnet-connection.ts'

/** `exec-timeout` of the lines of a Cisco. */
const EXEC_TIMEOUT: Patience = {idleMs: 10 * 60_000}

export const createService: CreateService = (persona, options): Service => {
  const product = productOf(persona, options.product)
  const users = honeyBytes(options.users)
  const manner = mannerOf(product, persona, text(options.banner)?.replaceAll('\\n', '\n') ?? null)
  const enter = entrance(product, persona, users, text(options.enable))
  const serve = (stream: Duplex, connection: Connection, session: StreamSession): void => {
    const telnet: TelnetConnection = new TelnetConnection(product, stream, connection, session, () => {
      void converse().catch((error: unknown) => {
        const message = error instanceof Error ? error.message.slice(0, 256) : 'unknown'
        session.report({event: 'service.error', data: {stage: 'session', message}})
        telnet.close()
      })
    })
    const converse = async (): Promise<void> => {
      const user = await logIn(telnet, manner, users)
      if (user !== null) await enter(telnet, user)
      telnet.close()
    }
    telnet.start()
  }
  const opening = openingOf(product)
  return {
    tcp: () => ({kind: 'stream', patience: product === 'ios' ? EXEC_TIMEOUT : NEVER_IDLE, serve}),
    selfTest: () => ({
      send: Buffer.alloc(0),
      accepts: (reply) => reply.subarray(0, opening.length).equals(opening),
    }),
  }
}

/** What is behind the login; a machine is made when the first intruder gets in. */
function entrance(
  product: ProductName,
  persona: Persona,
  users: ReadonlyMap<string, Buffer>,
  enable: string | null,
): (telnet: TelnetConnection, user: string) => Promise<void> {
  const names = [...users.keys()]
  if (product === 'ios') {
    const device = deviceOf(persona)
    return (telnet, user) => new IosCli(telnet, {device, users: names, enable}, user).run()
  }
  let inside: Inside | null = null
  return (telnet, user) => {
    inside ??= insideOf(product, persona, names)
    return runShell(telnet, inside, user)
  }
}

function insideOf(product: 'linux' | 'busybox', persona: Persona, names: readonly string[]): Inside {
  const profile = product === 'busybox' ? FIRMWARE : profileOf(persona)
  const machine = createMachine(persona, names, Date.now, profile)
  const ash = profile.family === 'alpine'
  return {
    machine,
    interpreter: new Interpreter(programsOf(profile)),
    motd: product === 'busybox' ? busyboxGreeting(persona) : null,
    lastLogins: new Map(),
    shellName: product === 'busybox' ? '-sh' : ash ? '-ash' : '-bash',
  }
}

function productOf(persona: Persona, option: unknown): ProductName {
  const {os} = persona.facts
  const usual = os === 'cisco' ? 'ios' : os === 'embedded' ? 'busybox' : 'linux'
  return TELNET_PRODUCTS.find((name) => name === option) ?? usual
}

function openingOf(product: ProductName): Buffer {
  const sent: Buffer[] = []
  new Negotiation(
    product,
    (bytes) => sent.push(bytes),
    () => {},
  ).start()
  return Buffer.concat(sent)
}

const text = (value: OptionValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
