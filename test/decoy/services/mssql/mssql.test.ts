import {X509Certificate} from 'node:crypto'
import {describe, expect, it} from 'vitest'
import {AV} from '../../../../src/decoy/codecs/ntlm/av-pairs.ts'
import {parseChallenge} from '../../../../src/decoy/codecs/ntlm/challenge.ts'
import {hmacMd5, ntHashV2} from '../../../../src/decoy/codecs/ntlm/responses.ts'
import {buildResponse} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import {answersTcp, answersUdp} from '../../../../src/decoy/self-test.ts'
import type {Action, Service} from '../../../../src/decoy/service.ts'
import {BROWSER_PORT, MSSQL, MSSQL_PORT} from '../../../../src/decoy/services/mssql/definition.ts'
import {negotiateMessage, windowsAnswer} from '../../codecs/ntlm/client.ts'
import {
  ask,
  batch,
  clear,
  connectionFrom,
  connectTo,
  dataOf,
  inside,
  intn,
  login7,
  mssqlService,
  NMAP_PROBE,
  nvarchar,
  packet,
  prelogin,
  rpc,
  tokensOf,
} from './support.ts'

describe('PRELOGIN', () => {
  it('answers the four options of nmap in the 37 octets that a real server does', async () => {
    const client = connectTo(await mssqlService({version: '15.0.4375.4'}))
    const reply = client.send(NMAP_PROBE)
    expect(reply.toString('hex')).toBe('0401002500000100000015000601001b000102001c000103001d0000ff0f00111700000000')
  })

  it('answers what was asked and nothing else', async () => {
    const asked = [0, 1, 4, 3, 5, 9].map((token) => [token, Buffer.alloc(token === 0 ? 6 : 1, 2)] as const)
    const data = dataOf(connectTo(await mssqlService()).send(prelogin(asked)))
    const answered = []
    for (let at = 0; data[at] !== 0xff; at += 5) answered.push(data[at])
    expect(answered).toEqual([0, 1, 4, 3, 5])
  })

  const OUTCOMES = [
    ['on', 0, 0, 'upgrade'],
    ['on', 1, 1, 'upgrade'],
    ['on', 2, 2, 'write'],
    ['required', 0, 3, 'upgrade'],
    ['required', 2, 3, 'upgrade'],
    ['off', 0, 2, 'write'],
    ['off', 1, 2, 'write'],
  ] as const
  it.each(OUTCOMES)('with encryption %s answers a client of %i with %i', async (encryption, asked, answer, last) => {
    const client = connectTo(await mssqlService({encryption}))
    expect(dataOf(client.send(clear(asked))).at(-1)).toBe(answer)
    expect(client.last()).toBe(last)
  })

  it('says when another instance was meant', async () => {
    const service = await mssqlService({instance: 'ERP'})
    const instanceOf = (name: string) =>
      dataOf(
        connectTo(service).send(
          prelogin([
            [0, Buffer.alloc(6)],
            [2, Buffer.from(`${name}\0`)],
          ]),
        ),
      ).at(-1)
    expect([instanceOf('erp'), instanceOf(''), instanceOf('MSSQLServer')]).toEqual([0, 0, 1])
  })

  it.each([
    ['an offset outside', Buffer.from([0, 0x7f, 0xff, 0, 6, 0xff])],
    ['no end', Buffer.from([0, 0, 6, 0, 0])],
    ['another first option', Buffer.from([1, 0, 6, 0, 1, 0xff, 0])],
    ['too many options', Buffer.concat([...Array<Buffer>(40).fill(Buffer.from([0, 0, 0, 0, 0])), Buffer.from([0xff])])],
  ])('with %s is hung up on, and recorded', async (_, data) => {
    const client = connectTo(await mssqlService())
    expect(client.send(packet(0x12, data))).toHaveLength(0)
    expect(client.events).toMatchObject([{event: 'malformed'}])
    expect(client.last()).toBe('close')
  })
})

describe('a login', () => {
  it('with a password is refused as the real server does, and everything it says is recorded', async () => {
    const client = connectTo(await mssqlService())
    client.send(clear())
    const fields = {user: 'sä', password: 'Pä$$ 1', database: 'shop', application: 'sqlmap', host: 'KALI'}
    expect(tokensOf(client.send(login7(fields)))).toEqual([
      {type: 0xaa, number: 18_456, state: 1, severity: 14, text: "Login failed for user 'sä'.", server: 'BER-SQL02'},
      {type: 0xfd, status: 2, rows: 0},
    ])
    expect(client.last()).toBe('close')
    const [attempt] = client.events
    expect(attempt?.credential).toMatchObject({method: 'password', outcome: 'failure'})
    expect(Buffer.from(attempt?.credential?.secret?.base64 ?? '', 'base64').toString()).toBe('Pä$$ 1')
    expect(attempt?.data).toMatchObject({
      application: {text: 'sqlmap'},
      host: {text: 'KALI'},
      library: {text: 'ODBC'},
      database: {text: 'shop'},
      tds: '7.4',
      encryption: 'off',
    })
  })

  it('of TDS 7.1 gets the shorter tokens', async () => {
    const client = connectTo(await mssqlService())
    client.send(clear())
    const data = dataOf(client.send(login7({user: 'sa', version: 0x7100_0001})))
    // The line has two octets, and DONE counts with four.
    expect(data.readUInt16LE(1)).toBe(data.length - 3 - 9)
  })

  it('by NTLM is challenged with the names of the persona, and leaves a line for hashcat', async () => {
    const client = connectTo(await mssqlService())
    client.send(clear())
    const negotiate = negotiateMessage()
    const challenge = dataOf(client.send(login7({sspi: negotiate}))).subarray(3)
    const {targetInfo, serverChallenge, version} = parseChallenge(challenge)
    const named = (id: number) => targetInfo.get(id)?.toString('utf16le')
    expect([named(AV.NB_DOMAIN_NAME), named(AV.NB_COMPUTER_NAME), named(AV.DNS_COMPUTER_NAME)]).toEqual([
      'CORP',
      'BER-SQL02',
      'BER-SQL02.corp.example',
    ])
    expect(version.build).toBe(17_763)
    const identity = {user: 'jdoe', domain: 'CORP', workstation: 'WS01', password: 'Winter-2024'}
    const random = {clientChallenge: Buffer.alloc(8, 7), sessionKey: Buffer.alloc(16, 9)}
    const {authenticate} = windowsAnswer(identity, negotiate, challenge, random)
    const [error] = tokensOf(client.send(packet(0x11, authenticate)))
    expect(error).toMatchObject({number: 18_452, state: 1, severity: 14})
    const hash = client.events[0]?.credential?.hash
    expect(hash).toMatchObject({hashcatMode: 5600})
    const [user, , domain, shown, proof, blob = ''] = (hash?.line ?? '').split(':')
    expect([user, domain, shown]).toEqual(['jdoe', 'CORP', serverChallenge.toString('hex')])
    const computed = hmacMd5(ntHashV2('Winter-2024', 'jdoe', 'CORP'), serverChallenge, Buffer.from(blob, 'hex'))
    expect(proof).toBe(computed.toString('hex'))
  })

  it('by NTLM never sees one challenge twice, and gets in with a honey credential', async () => {
    const service = await mssqlService({users: ['jdoe:Winter-2024']})
    const begin = () => {
      const client = connectTo(service)
      client.send(clear())
      const negotiate = negotiateMessage()
      return {client, negotiate, challenge: dataOf(client.send(login7({sspi: negotiate}))).subarray(3)}
    }
    const {client, negotiate, challenge} = begin()
    expect(parseChallenge(challenge).serverChallenge).not.toEqual(parseChallenge(begin().challenge).serverChallenge)
    const identity = {user: 'jdoe', domain: 'corp', workstation: 'WS01', password: 'Winter-2024'}
    const random = {clientChallenge: Buffer.alloc(8, 7), sessionKey: Buffer.alloc(16, 9)}
    client.send(packet(0x11, windowsAnswer(identity, negotiate, challenge, random).authenticate))
    expect(ask(client, 'select system_user')).toEqual([['CORP\\jdoe']])
  })

  it('that is integrated is refused at once on Linux, and so is a ticket', async () => {
    const linux = connectTo(await mssqlService({}, {os: 'linux', distro: 'debian', domain: null}))
    linux.send(clear())
    expect(tokensOf(linux.send(login7({sspi: negotiateMessage()})))[0]).toMatchObject({number: 18_452})
    const windows = connectTo(await mssqlService())
    windows.send(clear())
    expect(tokensOf(windows.send(login7({sspi: buildResponse({state: 1})})))[0]).toMatchObject({number: 18_452})
  })

  it('in clear is hung up on where encryption is required', async () => {
    const client = connectTo(await mssqlService({encryption: 'required'}))
    expect(client.send(login7({user: 'sa', password: 'x'}))).toHaveLength(0)
    expect(client.last()).toBe('close')
  })

  it('leaves TLS after its first packet where only logins are encrypted', async () => {
    const client = connectTo(await mssqlService())
    client.send(clear(0))
    client.session.secured?.({} as never)
    client.send(login7({user: 'sa', password: 'secret'}))
    expect(client.actions.map(({type}) => type)).toEqual(['downgrade', 'event', 'write'])
  })

  it('welcomes whoever has a honey credential, in the order of the real server', async () => {
    const client = connectTo(await mssqlService())
    client.send(clear())
    const tokens = tokensOf(client.send(login7({user: 'SA', password: 'secret', database: 'msdb'})))
    expect(tokens.map(({type, number}) => number ?? type)).toEqual([0xe3, 5701, 0xe3, 0xe3, 5703, 0xad, 0xe3, 0xfd])
    expect(client.events[0]?.credential?.outcome).toBe('success')
    const refused = connectTo(await mssqlService())
    refused.send(clear())
    const errors = tokensOf(refused.send(login7({user: 'sa', password: 'secret', database: 'nosuch'})))
    expect(errors.map(({number}) => number)).toEqual([4060, 18_456, undefined])
  })

  const damaged = (at: number, value: number): Buffer => {
    const bytes = login7({user: 'sa', password: 'x'})
    bytes.writeUInt16LE(value, 8 + at)
    return bytes
  }
  it.each([
    ['a length beyond the packet', damaged(0, 0xffff)],
    ['a name outside', damaged(40, 0xfff0)],
    ['a name that is too long', damaged(42, 0x7fff)],
    ['a password within the header', damaged(44, 2)],
    ['security data outside', damaged(80, 9000)],
    ['an old version', damaged(6, 0x0400)],
    ['nothing in it', packet(0x10, Buffer.alloc(10))],
  ])('with %s is hung up on', async (_, bytes) => {
    const client = connectTo(await mssqlService())
    client.send(clear())
    expect(client.send(bytes)).toHaveLength(0)
    expect(client.events).toMatchObject([{event: 'malformed'}])
  })
})

describe('an intruder who was let in', () => {
  it('learns of the server what its persona says', async () => {
    const client = await inside({version: '15.0.4375.4', edition: 'enterprise'})
    const [[banner] = []] = ask(client, 'SELECT @@VERSION') as string[][]
    expect(banner).toMatch(
      /^Microsoft SQL Server 2019 \(RTM-CU27\) \(KB5037331\) - 15\.0\.4375\.4 \(X64\) \n\tJun 10 2024/,
    )
    expect(banner).toContain('Enterprise Edition (64-bit) on Windows Server 2019 Standard 10.0 <X64> (Build 17763: )')
    const asked =
      "select serverproperty('ProductVersion'), db_name(), is_srvrolemember('sysadmin'), suser_sname(), host_name()"
    expect(ask(client, asked)).toEqual([['15.0.4375.4', 'master', 1, 'sa', 'WS01']])
  })

  it('finds the bait', async () => {
    const client = await inside()
    const names = (ask(client, 'select name from sys.databases order by database_id') as string[][]).flat()
    expect(names.slice(0, 4)).toEqual(['master', 'tempdb', 'model', 'msdb'])
    const bait = names[4] ?? ''
    expect(ask(client, 'select count(*) from sys.tables')).toEqual([[0]])
    expect(ask(client, `use [${bait}] select name from sys.tables order by name`)).toEqual([
      ['customers'],
      ['orders'],
      ['settings'],
      ['users'],
    ])
    expect(ask(client, 'select db_name()')).toEqual([[bait]])
    expect(ask(client, `select top 1 username from ${bait}..users with (nolock)`)).toEqual([['admin']])
    expect(
      ask(
        client,
        `select top (1) cast(id as varchar(9)) + 'x' from [${bait}].[dbo].[users] where username like N'adm%'`,
      ),
    ).toEqual([['1x']])
    expect(ask(client, 'select name from master..sysdatabases where dbid = 5')).toEqual([[bait]])
  })

  it('finds xp_cmdshell off, turns it on, and cannot use it', async () => {
    const client = await inside()
    expect(ask(client, "exec master..xp_cmdshell 'whoami'")).toMatch(
      /^15281 SQL Server blocked access to procedure 'sys.xp_cmdshell'/,
    )
    expect(ask(client, "exec sp_configure 'xp_cmdshell', 1")).toMatch(/^15123 /)
    expect(ask(client, "exec sp_configure 'show advanced options', 1; RECONFIGURE")).toEqual([
      "15457 Configuration option 'show advanced options' changed from 0 to 1. Run the RECONFIGURE statement to install.",
    ])
    ask(client, "exec sp_configure 'xp_cmdshell', 1 reconfigure")
    expect(ask(client, "xp_cmdshell 'whoami'")).toMatch(/^15121 .*error code: '5'\.$/)
    expect(client.events.filter(({event}) => event === 'query')).toHaveLength(5)
  })

  const REFUSALS = [
    ['select * from nosuch', "208 Invalid object name 'nosuch'."],
    ['select nosuch from sys.databases', "207 Invalid column name 'nosuch'."],
    ['select nosuch()', "195 'nosuch' is not a recognized built-in function name."],
    ['select @x', '137 Must declare the scalar variable "@x".'],
    ['select 1 from where', "156 Incorrect syntax near the keyword 'where'."],
    ['use nosuch', "911 Database 'nosuch' does not exist. Make sure that the name is entered correctly."],
    ['nosuch', "2812 Could not find stored procedure 'nosuch'."],
    ['create table t (a int)', "9002 The transaction log for database 'master' is full due to 'ACTIVE_TRANSACTION'."],
    [
      'select name from sys.tables union select 1',
      "701 There is insufficient system memory in resource pool 'default' to run this query.",
    ],
  ] as const
  it.each(REFUSALS)('is told of %j', async (sql, refusal) => {
    expect(ask(await inside(), sql)).toBe(refusal)
  })

  it('gets several answers to one batch, the last saying that it is the last', async () => {
    const client = await inside()
    const tokens = tokensOf(client.send(batch("print 'a' select 1 select 2; waitfor delay '0:0:1'")))
    expect(tokens.filter(({type}) => type === 0xfd).map(({status}) => status)).toEqual([1, 0x11, 0x11, 0])
    expect(client.actions).toContainEqual({type: 'delay', ms: 1000} satisfies Action)
  })

  it('calls procedures, which are recorded as text', async () => {
    const client = await inside()
    const executed = tokensOf(client.send(rpc(10, nvarchar('select 42'), nvarchar('@p int'), intn(7))))
    expect(executed.map(({type}) => type)).toEqual([0x81, 0xd1, 0xff, 0x79, 0xfe])
    const prepared = tokensOf(client.send(rpc(13, intn(null, 1), nvarchar(''), nvarchar('select 43'))))
    const handle = prepared.find(({type}) => type === 0xac)?.value ?? 0
    const again = tokensOf(client.send(rpc(12, intn(handle))))
    expect(again.find(({cells}) => cells !== undefined)?.cells).toEqual([43])
    expect(tokensOf(client.send(rpc(12, intn(99))))[0]).toMatchObject({number: 8179})
    expect(tokensOf(client.send(rpc('xp_cmdshell', nvarchar('whoami'))))[0]).toMatchObject({number: 15_281})
    const [, first] = client.events
    expect(first?.data).toMatchObject({
      procedure: {text: 'sp_executesql'},
      parameters: [{value: {text: 'select 42'}}, {value: {text: '@p int'}}, {value: {text: '7'}}],
      complete: true,
    })
  })

  it('gets an attention acknowledged', async () => {
    const client = await inside()
    expect(tokensOf(client.send(packet(0x06, Buffer.alloc(0))))).toEqual([{type: 0xfd, status: 0x20, rows: 0}])
  })

  it('is not listened to beyond a megabyte, nor beyond the limit of commands', async () => {
    const client = await inside()
    const big = packet(0x01, Buffer.alloc(32_000), 0)
    for (let sent = 0; sent < 40 && client.last() !== 'close'; sent++) client.send(big)
    expect(client.events.at(-1)).toMatchObject({event: 'malformed', data: {reason: /more than 1048576/}})
  })
})

describe('Browser', () => {
  const asks = (service: Service, bytes: Buffer, ip = '192.168.1.77') =>
    service.udp?.(BROWSER_PORT).datagram(bytes, connectionFrom(ip))

  it('tells its instance, whose answer the runtime keeps for proven sources', async () => {
    const service = await mssqlService({version: '15.0.4375.4'})
    const {replies = [], events, proven} = asks(service, Buffer.from([3])) ?? {}
    expect(events).toMatchObject([{event: 'request', data: {request: 'CLNT_UCAST_EX'}}])
    expect(proven).toBeUndefined()
    expect(replies[0]?.toString('latin1', 3)).toBe(
      'ServerName;BER-SQL02;InstanceName;MSSQLSERVER;IsClustered;No;Version;15.0.2000.5;tcp;1433;;',
    )
    expect(replies[0]?.readUInt16LE(1)).toBe((replies[0]?.length ?? 0) - 3)
    expect(asks(service, Buffer.from('\x04mssqlserver\0'))?.replies).toHaveLength(1)
    expect(asks(service, Buffer.from('\x04OTHER\0'))?.replies).toHaveLength(0)
  })

  it('tells the port of the administrator, which is no more than was asked', async () => {
    const service = await mssqlService()
    const question = Buffer.from('\x0f\x01MSSQLSERVER\0')
    expect(asks(service, question, '10.9.9.9')?.replies[0]?.toString('hex')).toBe('050600019a05')
    expect(asks(service, Buffer.from('what?'))?.events).toMatchObject([{event: 'malformed'}])
    expect(asks(await mssqlService({browser: false}), question)?.replies).toEqual([])
  })
})

describe('two servers', () => {
  const bannerOf = async (facts: object) =>
    dataOf(connectTo(await mssqlService({}, facts)).send(NMAP_PROBE)).toString('hex')

  it('of different deckies and installs are different, and one is always the same', async () => {
    const seeds = Array.from({length: 12}, (_, index) => ({seed: index.toString(16).padStart(2, '0').repeat(32)}))
    const banners = await Promise.all(seeds.map(bannerOf))
    expect(new Set(banners).size).toBeGreaterThan(1)
    expect(await bannerOf(seeds[0] ?? {})).toBe(banners[0])
    const databases = await Promise.all(
      seeds.map(async ({seed}) => {
        const client = connectTo(await mssqlService({}, {seed}))
        client.send(clear())
        client.send(login7({user: 'sa', password: 'secret'}))
        return ask(client, 'select name, create_date from sys.databases') as unknown[][]
      }),
    )
    expect(new Set(databases.map((rows) => rows[0]?.[1])).size).toBe(12)
  })

  it('of every version have a certificate of their own, made when they started', async () => {
    const certificate = async (facts: object) => {
      const client = connectTo(await mssqlService({}, facts))
      client.send(clear(1))
      const action = client.actions.find((each) => each.type === 'upgrade')
      return new X509Certificate(action?.tls.identity(connectionFrom('').now()).certificate ?? '')
    }
    const [one, other] = [await certificate({}), await certificate({seed: '22'.repeat(32)})]
    expect(one.subject).toBe('CN=SSL_Self_Signed_Fallback')
    expect(one.fingerprint256).not.toBe(other.fingerprint256)
    expect(one.validFromDate.getTime()).toBeLessThan(connectionFrom('').now())
  })
})

it('passes its own tests, with every option', async () => {
  for (const options of [{}, {encryption: 'required'}, {browser: false}, {instance: 'ERP'}]) {
    const service = await mssqlService(options)
    expect(await answersTcp(service, MSSQL_PORT)).toBe(true)
    expect(answersUdp(service, BROWSER_PORT)).toBe(true)
  }
  expect(MSSQL.options.users).toMatchObject({secret: true})
})

it('speaks TLS before TDS where the release does', async () => {
  const hello = Buffer.from([0x16, 3, 1, 0, 4, 1, 0, 0, 0])
  const older = connectTo(await mssqlService({version: '15.0.4375.4'}))
  older.send(hello)
  expect([older.last(), older.events[0]?.data?.kind]).toEqual(['close', 'tls'])
  const newer = connectTo(await mssqlService({version: '16.0.4135.4'}))
  newer.send(hello)
  expect(newer.actions).toMatchObject([{type: 'upgrade', received: hello}])
})
