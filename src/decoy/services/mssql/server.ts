import {NEVER_IDLE} from '../../deadlines.ts'
import {honeyPairs} from '../../honey-users.ts'
import {computerName} from '../../persona/domain.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {browser} from './browser.ts'
import {BROWSER_PORT, DEFAULT_INSTANCE, MSSQL_PORT, MSSQL_VERSIONS} from './definition.ts'
import {createInstance} from './inside/session-state.ts'
import {windowsSelf} from './logon.ts'
import {type MssqlServer, MssqlSession} from './mssql-session.ts'
import {type Edition, releaseOf} from './releases.ts'

const EDITIONS: ReadonlyMap<unknown, Edition> = new Map([
  ['standard', 'Standard'],
  ['enterprise', 'Enterprise'],
  ['express', 'Express'],
  ['developer', 'Developer'],
])
const FIRST_SPID = 51
const SPIDS = 180

/** A PRELOGIN with a version, no encryption, any instance and a thread. */
const PRELOGIN = Buffer.from(
  '1201002f0000010000001a00060100200001020021000103002200040400260001ff' + '11000000000002000000000000',
  'hex',
)
const TDS_SELF_TEST: SelfTest = {
  send: PRELOGIN,
  accepts: (reply) => reply.length > 8 && reply[0] === 0x04 && reply[8] === 0,
}

export const createService: CreateService = (persona, options): Service => {
  const version = MSSQL_VERSIONS.find((each) => each === options.version) ?? null
  const release = releaseOf(persona, version, EDITIONS.get(options.edition) ?? 'Standard')
  const name = typeof options.instance === 'string' ? options.instance : DEFAULT_INSTANCE
  const machine = computerName(persona)
  const instance = createInstance({
    persona,
    release,
    port: typeof options.port === 'number' ? options.port : MSSQL_PORT,
    name,
    serverName: name.toUpperCase() === DEFAULT_INSTANCE ? machine : `${machine}\\${name}`,
  })
  const {encryption} = options
  let connections = 0
  const server: MssqlServer = {
    instance,
    users: new Map(honeyPairs(options.users).map(([name, password]) => [name.toLowerCase(), password])),
    self: windowsSelf(persona),
    encryption: encryption === 'off' || encryption === 'required' ? encryption : 'on',
    // Within TDS 7 there is no TLS 1.3, whatever the system has.
    tls: tlsProfile(persona, {certificate: 'mssql', settings: {maxVersion: 'TLSv1.2'}}),
    strict: release.year < 2022 ? null : tlsProfile(persona, {certificate: 'mssql', settings: {alpn: ['tds/8.0']}}),
    nextSpid: () => FIRST_SPID + ((persona.integer('mssql spid', 0, 40) + connections++) % SPIDS),
  }
  const udp = browser(instance)
  const dedicated = Buffer.from(`\x0f\x01${name}\0`, 'latin1')
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: NEVER_IDLE,
      session: (connection) => new MssqlSession(server, connection),
    }),
    udp: () => (options.browser === false ? {datagram: () => ({replies: [], events: []})} : udp),
    selfTest: (port, protocol) =>
      port === BROWSER_PORT && protocol === 'udp'
        ? {send: dedicated, accepts: accepts(options.browser)}
        : TDS_SELF_TEST,
  }
}

/** A port where nothing answers is as it should be where Browser is off. */
const accepts = (enabled: unknown) => (reply: Buffer) => (enabled === false ? reply.length === 0 : reply[0] === 0x05)
