/** The `ssh` service: one library server for all connections of a decky, behind the gate that reads identifications. */

import type {Duplex} from 'node:stream'
import ssh2 from 'ssh2'
import {doSometime, doSoon} from '../../costly-work.ts'
import {NEVER_IDLE, type Patience} from '../../deadlines.ts'
import type {OptionValues} from '../../definition.ts'
import {UploadPool} from '../../files/upload.ts'
import {honeyBytes} from '../../honey-users.ts'
import {refuse} from '../../option-conflicts.ts'
import type {Persona} from '../../persona.ts'
import type {Connection, CreateService, Service, StreamSession} from '../../service.ts'
import {busyboxGreeting} from '../../shell/busybox.ts'
import {Interpreter} from '../../shell/interpreter.ts'
import {createMachine} from '../../shell/machine.ts'
import {FIRMWARE, profileOf} from '../../shell/profiles.ts'
import {programsOf} from '../../shell/programs/index.ts'
import {SSH_PRODUCTS, sshConflicts} from './choice.ts'
import type {DeckySsh} from './decky-ssh.ts'
import {malformedEvent} from './evidence.ts'
import {curveHostKeys, type HostKey, hostKeys} from './host-keys.ts'
import {IdentificationGate} from './identification-gate.ts'
import {productOf} from './products/product.ts'
import type {Release} from './releases.ts'
import {SshConnection} from './ssh-connection.ts'
import {socketOf} from './transport/ssh2-internals.ts'

/** Bytes that unfinished uploads of a decky may hold: three of the largest. */
const POOL_BYTES = 32 * 1024 * 1024
/** OpenSSH's LoginGraceTime. */
const PATIENCE: Patience = {...NEVER_IDLE, loginMs: 120_000}
/** The first connection finds the keys made, unless it comes at once. */
const WARM_UP_MS = 15_000
/** OpenSSH's server sends no keep-alives by default; the library cannot be told "never". */
const NEVER_MS = 2 ** 31 - 1

export const createService: CreateService = (persona, options) => {
  const decky = deckySsh(persona, options)
  const pending = new WeakMap<Duplex, (client: ssh2.Connection) => void>()
  const serverWith = (keys: readonly HostKey[]): ssh2.Server => {
    const server = new ssh2.Server({
      hostKeys: keys.map(({pem}) => pem),
      ident: decky.version,
      keepaliveInterval: NEVER_MS,
      algorithms: negotiable(),
    })
    server.on('error', () => {})
    server.on('connection', (client) => pending.get(socketOf(client))?.(client))
    return server
  }
  let server: ssh2.Server | undefined
  const warmServer = (): ssh2.Server => {
    server ??= serverWith(decky.hostKeys)
    return server
  }
  // Deriving the RSA key is most of the work of a start, and a self-test ends before any key is needed.
  const warmUp = () => doSometime(warmServer)
  setTimeout(warmUp, WARM_UP_MS + persona.integer('ssh warm-up', 0, WARM_UP_MS)).unref()
  const serve = (stream: Duplex, connection: Connection, session: StreamSession): void => {
    let line: Buffer | null = null
    const limit = connection.limits.sample
    const gate = new IdentificationGate(
      stream,
      decky.release.identification,
      connection.limits.sendBuffer,
      (verdict) => {
        line = verdict.line
        if (verdict.kind === 'refused') session.report(malformedEvent(verdict.reason, verdict.line, limit))
      },
    )
    gate.once('close', () => {
      if (line === null && gate.unfinished.length > 0) {
        session.report(malformedEvent('no identification', gate.unfinished, limit))
      }
    })
    session.signal.addEventListener('abort', () => gate.end())
    const lineOf = (): Buffer => line ?? Buffer.alloc(0)
    pending.set(gate, (client) => new SshConnection(decky, client, lineOf, connection, session, gate))
    const handOver = (library: ssh2.Server): void => {
      library.injectSocket(gate as unknown as Parameters<typeof library.injectSocket>[0])
    }
    const begin = (): void => {
      if (connection.rehearsal === true) handOver(serverWith(curveHostKeys(persona)))
      else if (server !== undefined) handOver(server)
      else {
        doSoon(() => {
          if (!gate.destroyed) handOver(warmServer())
        })
      }
    }
    if (decky.release.eager === true) {
      gate.hurry(identificationOf(decky))
      begin()
    } else gate.greet(identificationOf(decky), begin)
  }
  return {tcp: () => ({kind: 'stream', patience: PATIENCE, serve}), selfTest: () => selfTest(decky)}
}

function deckySsh(persona: Persona, options: OptionValues): DeckySsh {
  refuse(sshConflicts(options))
  const name = SSH_PRODUCTS.find((product) => product === options.product) ?? null
  const product = productOf(persona, name, text(options.version))
  const {version, release} = product
  const users = honeyBytes(options.users)
  const banner = text(options.banner)
  // The inside of the machine is for those who get in.
  const profile = persona.facts.os === 'embedded' ? FIRMWARE : profileOf(persona)
  const machine = once(() => createMachine(persona, [...users.keys()], Date.now, profile))
  const interpreter = once(() => new Interpreter(programsOf(machine().profile)))
  const keys = once(() => hostKeys(persona, release.rsaBits).filter(({type}) => offers(release, type)))
  return {
    persona,
    version,
    product,
    release,
    get hostKeys() {
      return keys()
    },
    policy: {
      methods: list(options.auth) ?? product.methods,
      ...(product.manner === undefined ? {} : {manner: product.manner}),
      users,
      banner: banner === null ? null : `${banner}\n`,
      timingSecret: persona.bytes('ssh timing', 8),
    },
    enable: typeof options.enable === 'string' && options.enable !== '' ? options.enable : null,
    motd: text(options.motd) ?? (profile === FIRMWARE ? busyboxGreeting(persona) : null),
    get machine() {
      return machine()
    },
    get interpreter() {
      return interpreter()
    },
    pool: new UploadPool(POOL_BYTES),
    lastLogins: new Map(),
  }
}

/** The value of a function that is called at most once, when it is first needed. */
function once<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => {
    made ??= {value: make()}
    return made.value
  }
}

/** A fleet file has no line breaks inside a value: `\n` stands for one. */
function text(value: OptionValues[string] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value.replaceAll('\\n', '\n') : null
}

function list(value: OptionValues[string] | undefined): readonly string[] | null {
  return Array.isArray(value) ? value : null
}

/** Everything the library can do; what is announced is decided by the release. */
function negotiable(): NonNullable<ssh2.ServerConfig['algorithms']> {
  return {
    kex: {
      append: ['diffie-hellman-group14-sha1', 'diffie-hellman-group1-sha1', 'diffie-hellman-group-exchange-sha1'],
      prepend: [],
      remove: [],
    },
    cipher: {append: ['aes128-cbc', 'aes192-cbc', 'aes256-cbc', '3des-cbc'], prepend: [], remove: []},
    hmac: {append: ['hmac-sha1-96', 'hmac-md5'], prepend: [], remove: []},
    compress: ['none', 'zlib@openssh.com'],
  }
}

function identificationOf({version, release}: DeckySsh): Buffer {
  return Buffer.from(`SSH-2.0-${version}${release.bareLineFeed === true ? '\n' : '\r\n'}`, 'latin1')
}

function offers({hostKeys: names}: Release, type: HostKey['type']): boolean {
  return names.some((name) => name.includes(type))
}

/** The server's identification and its KEXINIT, which it sends only after the client's identification. */
function selfTest(decky: DeckySsh): ReturnType<Service['selfTest']> {
  const identification = identificationOf(decky)
  const KEXINIT = 20
  return {
    send: Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n', 'latin1'),
    accepts: (reply) =>
      reply.subarray(0, identification.length).equals(identification) && reply[identification.length + 5] === KEXINIT,
  }
}
