/** What tells a decoy from the real thing: probes that exist for nothing else, and whatever two deckies have in common. */
import {Client} from 'ssh2'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import type {ServiceDefinition} from '../../src/decoy/definition.ts'
import {RELEASES} from '../../src/decoy/services/elasticsearch/releases.ts'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {
  certificateOf,
  exchange,
  INTERNAL_NAME,
  machineFacts,
  type OpenPort,
  openPorts,
  PLAYED,
} from '../support/recognition.ts'
import {eventually} from '../support/serve.ts'
import {OPENINGS} from './recognition-corpus.ts'

/** Names of decoys and of what they are made of, and what a program of ours says when it breaks. */
const GIVEAWAY =
  /decnet|decky|honey|cowrie|kippo|dionaea|conpot|opencanary|twisted|beelzebub|heralding|glastopf|node\.js|nodejs|ssh2js|TypeError|RangeError|undefined|\bNaN\b|\[object |ECONN|EMBYLINUX|svr04|(?:at |\/)[\w/.-]+\.ts:\d/i
/** Constants that are searched for in the wild. */
const KNOWN_CONSTANTS = [
  '6538547e6c42',
  Buffer.from('HOMEUSER-').toString('hex'),
  Buffer.from('R&DBackup').toString('hex'),
]
/** Digests that a product shows wherever it runs: of the sources that it was built from. */
const OF_PRODUCTS: ReadonlySet<string> = new Set(RELEASES.map(({hash}) => hash))
const OPENING_MS = 1500
/** A machine makes its keys when they are first needed, and nothing else meanwhile. */
const limitsOf = (service: string) => ({loginMs: service === 'ssh' ? 5000 : 400, idleMs: 400})

const ports = async (definition: ServiceDefinition, install = 0, decky = 1): Promise<OpenPort[]> =>
  openPorts(definition, machineFacts(definition.name, install, decky), limitsOf(definition.name))
const closeAll = (opened: readonly OpenPort[]): Promise<unknown> => Promise.all(opened.map((port) => port.close()))
const own = ({event}: EvidenceEvent): boolean => !/^(?:session\.(?:start|end)|service\.ready)$/.test(event)

const TCP = PLAYED.filter(({ports: defined}) => defined.some(({protocol}) => protocol === 'tcp'))

describe.each(TCP.map((definition) => [definition.name, definition] as const))('%s', (_, definition) => {
  let opened: OpenPort[] = []
  beforeAll(async () => {
    opened = await ports(definition)
  })
  afterAll(() => closeAll(opened))

  it.concurrent.each(Object.entries(OPENINGS))(
    'answers %s without a word of what it is, and ends',
    async (_name, opening) => {
      await Promise.all(opened.map((port) => expectHarmless(port, opening)))
    },
  )
})

async function expectHarmless(port: OpenPort, opening: Buffer): Promise<void> {
  const {reply, from} = await exchange(port.port, opening, {deadlineMs: OPENING_MS})
  const shown = reply.toString('latin1')
  expect(`${shown}${reply.toString('utf16le')}`.toLowerCase()).not.toContain(INTERNAL_NAME)
  expect(shown).not.toMatch(GIVEAWAY)
  for (const constant of KNOWN_CONSTANTS) expect(reply.toString('hex')).not.toContain(constant)
  // None hangs: the session is over when the peer has left, or when nothing more came.
  const since = () => port.events.filter(({src}) => src?.port === from)
  const end = await eventually(() => since().find(({event}) => event === 'session.end'))
  expect(since().filter(({event}) => event === 'service.error')).toEqual([])
  // What a product waits for more of is counted; everything else is an event of its own.
  const {bytesIn, reason} = end.data ?? {}
  const waited = bytesIn === opening.length && /^(?:login|idle|peer-closed|reset)$/.test(String(reason))
  const what = `${port.service}:${port.nominal} recorded nothing but ${JSON.stringify(end.data)}`
  if (!waited) expect(since().filter(own), what).not.toEqual([])
}

describe('two deckies and two installs', () => {
  /** Same archetype: two of one install, one of another. */
  const MACHINES = [
    [0, 1],
    [0, 2],
    [1, 1],
  ] as const

  it.each(TCP.map((definition) => [definition.name, definition] as const))(
    '%s shares nothing that looks like an identity',
    async (_, definition) => {
      const seen: Set<string>[] = []
      for (const [install, decky] of MACHINES) {
        const opened = await ports(definition, install, decky)
        const tokens = new Set<string>()
        const openings = [Buffer.alloc(0), ...Object.values(OPENINGS).slice(0, 6)]
        const asked = opened.flatMap(({port}) => openings.map((opening) => exchange(port, opening, {quietMs: 100})))
        for (const {reply} of await Promise.all(asked)) for (const token of identities(reply)) tokens.add(token)
        seen.push(tokens)
        await closeAll(opened)
      }
      const [first, ...others] = seen
      for (const other of others) expect([...(first ?? [])].filter((token) => other.has(token))).toEqual([])
    },
  )

  it('have certificates, serial numbers and keys of their own, and the same after a restart', {
    timeout: 60_000,
  }, async () => {
    const withTls = await Promise.all(TCP.map(async (each) => ({each, opened: await ports(each)})))
    for (const {each, opened} of withTls) {
      const nominal = opened.find(({tls}) => tls)?.nominal
      await closeAll(opened)
      if (nominal === undefined) continue
      const shown = []
      for (const [install, decky] of [...MACHINES, [0, 1] as const]) {
        const again = await ports(each, install, decky)
        const {fingerprint256, serialNumber, pubkey} = await certificateOf(again.find(({tls}) => tls)?.port ?? 0)
        shown.push([fingerprint256, serialNumber, pubkey?.toString('hex')])
        await closeAll(again)
      }
      for (const field of [0, 1, 2]) expect(new Set(shown.slice(0, 3).map((one) => one[field])).size, each.name).toBe(3)
      expect(shown[3], each.name).toEqual(shown[0])
    }
  })

  it('have SSH host keys of their own, and the same after a restart', {timeout: 60_000}, async () => {
    const definition = TCP.find(({name}) => name === 'ssh')
    if (definition === undefined) throw new Error('there is no ssh')
    const keys: string[] = []
    for (const [install, decky] of [...MACHINES, [0, 1] as const]) {
      const opened = await ports(definition, install, decky)
      keys.push(await hostKey(opened[0]?.port ?? 0))
      await closeAll(opened)
    }
    expect(new Set(keys.slice(0, 3)).size).toBe(3)
    expect(keys[3]).toBe(keys[0])
  })
})

function hostKey(port: number): Promise<string> {
  return new Promise((resolve) => {
    const client = new Client()
    client.on('error', () => {})
    client.connect({
      host: '127.0.0.1',
      port,
      username: 'x',
      hostVerifier: (key: Buffer) => {
        resolve(key.toString('hex'))
        return false
      },
    })
  })
}

/** What in a reply is long and random enough to be somebody's: GUIDs, digests, tokens. */
function identities(reply: Buffer): string[] {
  const text = reply.toString('latin1')
  const found =
    text.match(
      /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{24,}|[A-Za-z0-9+/]{32,}={0,2}/gi,
    ) ?? []
  return found.filter(
    (token) => !OF_PRODUCTS.has(token) && /\d/.test(token) && /[a-z]/i.test(token) && new Set(token).size > 8,
  )
}

describe('the checklist of probes', () => {
  const opened = new Map<string, OpenPort[]>()
  beforeAll(async () => {
    for (const name of [
      'docker_api',
      'elasticsearch',
      'k8s',
      'ssh',
      'http',
      'ftp',
      'telnet',
      'redis',
      'mysql',
      'mssql',
      'smb',
      'vnc',
      'postgres',
      'smtp',
      's7',
      'modbus',
      'imap',
    ]) {
      const definition = TCP.find((each) => each.name === name)
      if (definition !== undefined) opened.set(name, await ports(definition))
    }
  })
  afterAll(() => closeAll([...opened.values()].flat()))

  const say = async (name: string, ...lines: (string | Buffer)[]): Promise<string> => {
    const port = opened.get(name)?.[0]
    if (port === undefined) throw new Error(`${name} is not played`)
    const opening = Buffer.concat(lines.map((line) => (typeof line === 'string' ? Buffer.from(line, 'latin1') : line)))
    return (await exchange(port.port, opening)).reply.toString('latin1')
  }

  it('ssh: another major version is refused as OpenSSH does, with both ends of the line', async () => {
    for (const version of ['SSH-1337-OpenSSH_9.0', 'SSH-1111-OpenSSH_9.0']) {
      const reply = await say('ssh', `${version}\r\n`)
      expect(reply).not.toContain('bad version')
      expect(reply).toMatch(/^SSH-2\.0-OpenSSH_\S+[^\n]*\r\n/)
      expect(reply.slice(reply.indexOf('\n') + 1)).toMatch(
        /^(?:Invalid SSH identification string\.|Protocol major versions differ\.)\r\n$/,
      )
    }
  })

  it('ssh: the server keeps its KEXINIT until it has read who calls, and never repeats its cookie', async () => {
    expect(await say('ssh')).toMatch(/^SSH-2\.0-[^\n]*\r\n(?:|[\s\S]{16,})$/)
    const cookie = async () => {
      const reply = Buffer.from(await say('ssh', 'SSH-2.0-OpenSSH_9.2\r\n'), 'latin1')
      return reply.subarray(reply.indexOf(10) + 7, reply.indexOf(10) + 23).toString('hex')
    }
    expect(await cookie()).not.toBe(await cookie())
  })

  it('redis: what is no protocol is answered in the words of its version', async () => {
    expect(await say('redis', '[[,[[\r\n')).toMatch(/^-ERR unknown command|^-NOAUTH/)
    expect(await say('redis', 'QUIT\r\n')).toBe('+OK\r\n')
    expect(await say('redis', 'DBSIZE\r\n')).toMatch(/^(?::\d+|-NOAUTH)/)
  })

  it('http: an impossible version gets the error page of the product', async () => {
    const reply = await say('http', 'GET / HTTP/1337\r\nHost: x\r\n\r\n')
    expect(reply).not.toContain('Bad status line')
    expect(reply).toMatch(/400 Bad Request|505|200 OK/)
  })

  it('ftp: an empty PASS is no syntax error', async () => {
    const reply = await say('ftp', 'USER root\r\n', 'PASS\r\n')
    expect(reply).not.toMatch(/PASS requires an argument|Twisted/)
    expect(reply).toMatch(/^220/)
  })

  it('smtp: HELP, NOOP, VRFY and STARTTLS are those of Postfix, without the words of decoys', async () => {
    const reply = await say('smtp', 'HELP\r\nNOOP\r\nVRFY nobody-here\r\ncmomand\r\nDEBUG\r\nSTARTTLS x\r\nQUIT\r\n')
    const [, ...replies] = reply.trimEnd().split('\r\n')
    expect(replies).toEqual([
      '500 5.5.2 Error: command not recognized',
      '250 2.0.0 Ok',
      '550 5.1.1 <nobody-here>: Recipient address rejected: User unknown in local recipient table',
      '500 5.5.2 Error: command not recognized',
      '500 5.5.2 Error: command not recognized',
      '501 5.5.4 Syntax: STARTTLS',
      '221 2.0.0 Bye',
    ])
    expect(reply).not.toMatch(/cmomand|implementedd|Nope|smtp-server|Nodemailer|SMTPD? sink/i)
  })

  it('s7: no defaults of Conpot, in whatever a scanner asks for', async () => {
    const [connect, setup, component] = [
      '0300001611e00000001400c1020100c2020102c0010a',
      '0300001902f08032010000000000080000f0000001000101e0',
      '0300002102f080320700000000000800080001120411440100ff090004001c0001',
    ].map((hex) => Buffer.from(hex, 'hex'))
    const reply = await say('s7', connect ?? '', setup ?? '', component ?? '')
    expect(reply).toMatch(/CPU 31\d/)
    expect(reply).not.toMatch(/88111222|Technodrome|Mouser Factory|S7-200|IM151-8/)
  })

  it('modbus: a Siemens controller identifies itself to nobody', async () => {
    expect(await say('modbus', Buffer.from('000100000005012b0e0100', 'hex'))).toBe('\0\x01\0\0\0\x03\x01\xab\x01')
  })

  it('mysql: the salt is random, and the version no museum piece', async () => {
    const [one, other] = [await say('mysql'), await say('mysql')]
    expect(one).not.toMatch(/aaaaaaaa|5\.5\.43-0ubuntu|5\.7\.16/)
    expect(one).not.toBe(other)
  })

  it('mssql: four options get 37 octets, and never the five of Dionaea', async () => {
    const probe =
      '1201003400000000000015000601001b000102001c000c0300280004ff080001550000004d5353514c53657276657200480f0000'
    const reply = Buffer.from(await say('mssql', Buffer.from(probe, 'hex')), 'latin1').toString('hex')
    expect(reply).toMatch(/^0401002500000100/)
    expect(reply).not.toMatch(/^0401002b00000000/)
  })

  it('imap: no museum piece, and an error of its own', async () => {
    const reply = await say('imap', 'FOO\r\n')
    expect(reply).not.toMatch(/Microsoft Exchange Server 2003/)
    expect(reply).toMatch(/ready\.\r\nFOO BAD Error in IMAP command received by server\.\r\n$/)
  })

  it('vnc: the challenge is random', async () => {
    const challenge = async () => (await say('vnc', 'RFB 003.008\n\x02')).slice(-16)
    expect(await challenge()).not.toBe(await challenge())
  })

  it('elasticsearch: its settings are no index, and it has no name for its server', async () => {
    const settings = await say('elasticsearch', 'GET /_cluster/settings HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(settings).not.toMatch(/index_not_found_exception|^Server:/im)
    expect(settings).toContain('{"persistent":{},"transient":{}}')
    const missing = await say('elasticsearch', 'GET /nope HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(missing).toContain('"resource.id":"nope"')
  })

  it('docker_api: the Engine names itself, and its own id', async () => {
    const info = await say('docker_api', 'GET /info HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(info).toMatch(/\r\nServer: Docker\/\d[\w.+-]* \(linux\)\r\n/)
    expect(info).toMatch(/^HTTP\/1\.1 200 OK\r\nApi-Version: 1\.\d\d\r\n/)
    expect(info).not.toMatch(/FAKE|Werkzeug|Python/)
    const missing = await say('docker_api', 'GET /nope HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(missing.endsWith('\r\n\r\n{"message":"page not found"}\n')).toBe(true)
  })

  it('k8s: the port speaks TLS, and says so to who does not', async () => {
    expect(await say('k8s', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe(
      'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
    )
    const {subject} = await certificateOf(opened.get('k8s')?.[0]?.port ?? 0)
    expect(subject.CN).toBe('kube-apiserver')
  })

  it('telnet: no banner that gives decoys away', async () => {
    expect(await say('telnet', '\r\n')).not.toMatch(/EmbyLinux|3\.13\.0-24-generic/)
  })
})
