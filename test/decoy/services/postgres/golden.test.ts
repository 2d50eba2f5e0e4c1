/** Compared with what PostgreSQL 15.18 of Debian 12 sent over the loopback to the same bytes. */
import {describe, expect, it} from 'vitest'

import {
  connectTo,
  GSS_REQUEST,
  inside,
  message,
  postgresService,
  query,
  request,
  sasl,
  startup,
  TLS_REQUEST,
} from './client.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const STARTUP = startup({user: 'app'})
const SMB = Buffer.concat([Buffer.from('000000a4ff534d4272', 'hex'), Buffer.alloc(159)])

const BEFORE_LOGIN: readonly (readonly [name: string, sent: readonly Buffer[], answer: string])[] = [
  [
    'SMB',
    [SMB],
    'E\x00\x00\x00\x8bSFATAL\x00VFATAL\x00C0A000\x00Munsupported frontend protocol 65363.19778: server supports 3.0 to 3.0\x00Fpostmaster.c\x00L2222\x00RProcessStartupPacket\x00\x00',
  ],
  [
    'a second request for TLS',
    [TLS_REQUEST, TLS_REQUEST],
    'E\x00\x00\x00\x89SFATAL\x00VFATAL\x00C0A000\x00Munsupported frontend protocol 1234.5679: server supports 3.0 to 3.0\x00Fpostmaster.c\x00L2222\x00RProcessStartupPacket\x00\x00',
  ],
  ['HTTP', [latin1('GET / HTTP/1.0\r\n\r\n')], ''],
  ['empty lines', [latin1('\r\n\r\n')], ''],
  ['TLS without a request', [latin1('\x16\x03\x01\x00\x7b\x01')], ''],
  ['a length of 7', [Buffer.from('0000000700030000', 'hex')], ''],
  ['a request to cancel', [Buffer.from('0000001004d2162e0000000100000002', 'hex')], ''],
  ['garbage instead of a GSSAPI token', [GSS_REQUEST, latin1('\0\0\0\x0aabcdef')], ''],
  [
    'no user',
    [startup({database: 'x'})],
    'E\x00\x00\x00ySFATAL\x00VFATAL\x00C28000\x00Mno PostgreSQL user name specified in startup packet\x00Fpostmaster.c\x00L2351\x00RProcessStartupPacket\x00\x00',
  ],
  [
    'protocol 2.0',
    [startup({}, 0x2_0000)],
    'EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.0\n\x00',
  ],
  [
    'replication',
    [startup({user: 'app', replication: 'true'})],
    'E\x00\x00\x00\xa2SFATAL\x00VFATAL\x00C28000\x00Mno pg_hba.conf entry for replication connection from host "192.168.1.77", user "app", no encryption\x00Fauth.c\x00L536\x00RClientAuthentication\x00\x00',
  ],
  [
    'another mechanism',
    [STARTUP, sasl('n,,n=,r=abc', 'FOO')],
    'E\x00\x00\x00sSFATAL\x00VFATAL\x00C08P01\x00Mclient selected an invalid SASL authentication mechanism\x00Fauth-scram.c\x00L256\x00Rscram_init\x00\x00',
  ],
  [
    'channel binding without TLS',
    [STARTUP, sasl('p=tls-server-end-point,,n=,r=abc', 'SCRAM-SHA-256-PLUS')],
    'E\x00\x00\x00sSFATAL\x00VFATAL\x00C08P01\x00Mclient selected an invalid SASL authentication mechanism\x00Fauth-scram.c\x00L256\x00Rscram_init\x00\x00',
  ],
  [
    'channel binding that was not chosen',
    [STARTUP, sasl('p=tls-unique,,n=,r=abc')],
    'E\x00\x00\x00\xd3SFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DThe client selected SCRAM-SHA-256 without channel binding, but the SCRAM message includes channel binding data.\x00Fauth-scram.c\x00L1007\x00Rread_client_first_message\x00\x00',
  ],
  [
    'an extension',
    [STARTUP, sasl('n,,m=x,n=,r=abc')],
    'E\x00\x00\x00ySFATAL\x00VFATAL\x00C0A000\x00Mclient requires an unsupported SCRAM extension\x00Fauth-scram.c\x00L1057\x00Rread_client_first_message\x00\x00',
  ],
  [
    'no name',
    [STARTUP, sasl('n,,r=abc')],
    'E\x00\x00\x00\x80SFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DExpected attribute "n" but found "\'r\'".\x00Fauth-scram.c\x00L712\x00Rread_attr_value\x00\x00',
  ],
  [
    'an unknown flag',
    [STARTUP, sasl('x,,')],
    'E\x00\x00\x00\x8aSFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DUnexpected channel-binding flag "\'x\'".\x00Fauth-scram.c\x00L1025\x00Rread_client_first_message\x00\x00',
  ],
  [
    'another identity',
    [STARTUP, sasl('n,a=zz,n=,r=abc')],
    'E\x00\x00\x00\x86SFATAL\x00VFATAL\x00C0A000\x00Mclient uses authorization identity, but it is not supported\x00Fauth-scram.c\x00L1036\x00Rread_client_first_message\x00\x00',
  ],
  [
    'a nonce that cannot be printed',
    [STARTUP, sasl('n,,n=,r=a\x01c')],
    'E\x00\x00\x00rSFATAL\x00VFATAL\x00C08P01\x00Mnon-printable characters in SCRAM nonce\x00Fauth-scram.c\x00L1071\x00Rread_client_first_message\x00\x00',
  ],
  [
    'nothing',
    [STARTUP, sasl('')],
    'E\x00\x00\x00mSFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DThe message is empty.\x00Fauth-scram.c\x00L366\x00Rscram_exchange\x00\x00',
  ],
  [
    'no comma',
    [STARTUP, sasl('nn')],
    'E\x00\x00\x00\x8dSFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DComma expected, but found character "\'n\'".\x00Fauth-scram.c\x00L963\x00Rread_client_first_message\x00\x00',
  ],
  [
    'a proof that is none',
    [STARTUP, sasl('n,,n=,r=abc'), message('p', 'c=biws,r=x,p=v')],
    'E\x00\x00\x00\x8cSFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DMalformed proof in client-final-message.\x00Fauth-scram.c\x00L1353\x00Rread_client_final_message\x00\x00',
  ],
  [
    'no proof',
    [STARTUP, sasl('n,,n=,r=abc'), message('p', 'c=biws,r=x')],
    'E\x00\x00\x00\x83SFATAL\x00VFATAL\x00C08P01\x00Mmalformed SCRAM message\x00DAttribute expected, but found end of string.\x00Fauth-scram.c\x00L825\x00Rread_any_attr\x00\x00',
  ],
]

const PASSWORDS: readonly (readonly [name: string, sent: Buffer, answer: string])[] = [
  [
    'a wrong password',
    message('p', 'abc\0'),
    'E\x00\x00\x00cSFATAL\x00VFATAL\x00C28P01\x00Mpassword authentication failed for user "app"\x00Fauth.c\x00L334\x00Rauth_failed\x00\x00',
  ],
  [
    'an empty one',
    message('p', '\0'),
    'E\x00\x00\x00`SFATAL\x00VFATAL\x00C28P01\x00Mempty password returned by client\x00Fauth.c\x00L757\x00Rrecv_password_packet\x00\x00',
  ],
  [
    'one without an end',
    message('p', 'abc'),
    'E\x00\x00\x00[SFATAL\x00VFATAL\x00C08P01\x00Minvalid password packet size\x00Fauth.c\x00L739\x00Rrecv_password_packet\x00\x00',
  ],
  ['one of 2 GiB', Buffer.from('707fffffff', 'hex'), ''],
  [
    'a query',
    query('select 1'),
    'E\x00\x00\x00nSFATAL\x00VFATAL\x00C08P01\x00Mexpected password response, got message type 81\x00Fauth.c\x00L718\x00Rrecv_password_packet\x00\x00',
  ],
]

const parse = (name: string, sql: string): Buffer => message('P', `${name}\0${sql}\0\0\0`)
const bind = (portal: string, name: string): Buffer => message('B', `${portal}\0${name}\0\0\0\0\0\0\0`)
const SYNC = message('S')
const RUN = message('E', '\0\0\0\0\0')

const QUERIES: readonly (readonly [name: string, sent: Buffer, answer: string])[] = [
  [
    'a number',
    query('select 1'),
    'T\x00\x00\x00!\x00\x01?column?\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x04\xff\xff\xff\xff\x00\x00D\x00\x00\x00\x0b\x00\x01\x00\x00\x00\x011C\x00\x00\x00\rSELECT 1\x00Z\x00\x00\x00\x05I',
  ],
  [
    'the version',
    query('select version()'),
    'T\x00\x00\x00 \x00\x01version\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\xff\xff\xff\xff\xff\xff\x00\x00D\x00\x00\x00\x85\x00\x01\x00\x00\x00{PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14+deb12u1) 12.2.0, 64-bitC\x00\x00\x00\rSELECT 1\x00Z\x00\x00\x00\x05I',
  ],
  ['nothing', query(''), 'I\x00\x00\x00\x04Z\x00\x00\x00\x05I'],
  ['less than nothing', query('  ;'), 'I\x00\x00\x00\x04Z\x00\x00\x00\x05I'],
  [
    'no SQL',
    query('selec'),
    'E\x00\x00\x00]SERROR\x00VERROR\x00C42601\x00Msyntax error at or near "selec"\x00P1\x00Fscan.l\x00L1188\x00Rscanner_yyerror\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'no SQL in the end',
    query('select foo bar baz'),
    'E\x00\x00\x00\\SERROR\x00VERROR\x00C42601\x00Msyntax error at or near "baz"\x00P16\x00Fscan.l\x00L1188\x00Rscanner_yyerror\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'no table',
    query('select * from nope'),
    'E\x00\x00\x00gSERROR\x00VERROR\x00C42P01\x00Mrelation "nope" does not exist\x00P15\x00Fparse_relation.c\x00L1392\x00RparserOpenTable\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'no column',
    query('select nocol'),
    'E\x00\x00\x00hSERROR\x00VERROR\x00C42703\x00Mcolumn "nocol" does not exist\x00P8\x00Fparse_relation.c\x00L3665\x00RerrorMissingColumn\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'a new table',
    query("create function f() returns int as 'x','y' language c"),
    'E\x00\x00\x00_SERROR\x00VERROR\x00C42501\x00Mpermission denied for schema public\x00Faclchk.c\x00L3655\x00Raclcheck_error\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'a program',
    query("copy (select 1) to program 'id'"),
    "E\x00\x00\x00\xf7SERROR\x00VERROR\x00C42501\x00Mmust be superuser or have privileges of the pg_execute_server_program role to COPY to or from an external program\x00HAnyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.\x00Fcopy.c\x00L84\x00RDoCopy\x00\x00Z\x00\x00\x00\x05I",
  ],
  [
    'a file',
    query("select pg_read_file('/etc/passwd')"),
    'E\x00\x00\x00gSERROR\x00VERROR\x00C42501\x00Mpermission denied for function pg_read_file\x00Faclchk.c\x00L3655\x00Raclcheck_error\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'a database',
    query('create database x'),
    'E\x00\x00\x00]SERROR\x00VERROR\x00C42501\x00Mpermission denied to create database\x00Fdbcommands.c\x00L939\x00Rcreatedb\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'passwords',
    query('select * from pg_shadow'),
    'E\x00\x00\x00`SERROR\x00VERROR\x00C42501\x00Mpermission denied for view pg_shadow\x00Faclchk.c\x00L3655\x00Raclcheck_error\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'a setting',
    query('show server_version'),
    "T\x00\x00\x00'\x00\x01server_version\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x19\xff\xff\xff\xff\xff\xff\x00\x00D\x00\x00\x00(\x00\x01\x00\x00\x00\x1e15.18 (Debian 15.18-0+deb12u1)C\x00\x00\x00\tSHOW\x00Z\x00\x00\x00\x05I",
  ],
  [
    'no setting',
    query('show nope'),
    'E\x00\x00\x00aSERROR\x00VERROR\x00C42704\x00Munrecognized configuration parameter "nope"\x00Fguc.c\x00L5734\x00Rfind_option\x00\x00Z\x00\x00\x00\x05I',
  ],
  ['a transaction', query('begin'), 'C\x00\x00\x00\nBEGIN\x00Z\x00\x00\x00\x05T'],

  [
    'the extended protocol',
    Buffer.concat([parse('', 'select 1'), bind('', ''), message('D', 'P\0'), RUN, SYNC]),
    '1\x00\x00\x00\x042\x00\x00\x00\x04T\x00\x00\x00!\x00\x01?column?\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x00\x04\xff\xff\xff\xff\x00\x00D\x00\x00\x00\x0b\x00\x01\x00\x00\x00\x011C\x00\x00\x00\rSELECT 1\x00Z\x00\x00\x00\x05I',
  ],
  [
    'what is skipped',
    Buffer.concat([parse('', 'selec'), bind('', ''), RUN, SYNC]),
    'E\x00\x00\x00]SERROR\x00VERROR\x00C42601\x00Msyntax error at or near "selec"\x00P1\x00Fscan.l\x00L1188\x00Rscanner_yyerror\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'no statement',
    Buffer.concat([bind('', 'nope'), SYNC]),
    'E\x00\x00\x00lSERROR\x00VERROR\x00C26000\x00Mprepared statement "nope" does not exist\x00Fprepare.c\x00L451\x00RFetchPreparedStatement\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'an empty statement',
    Buffer.concat([parse('', ''), bind('', ''), message('D', 'P\0'), RUN, SYNC]),
    '1\x00\x00\x00\x042\x00\x00\x00\x04n\x00\x00\x00\x04I\x00\x00\x00\x04Z\x00\x00\x00\x05I',
  ],
  ['a close', Buffer.concat([message('C', 'Sx\0'), message('H'), SYNC]), '3\x00\x00\x00\x04Z\x00\x00\x00\x05I'],
  [
    'a call',
    message('F', Buffer.from('000000010000000000000000', 'hex')),
    'E\x00\x00\x00^SERROR\x00VERROR\x00C42883\x00Mfunction with OID 1 does not exist\x00Ffastpath.c\x00L139\x00Rfetch_fp_info\x00\x00Z\x00\x00\x00\x05I',
  ],
  [
    'an unknown type',
    message('z'),
    'E\x00\x00\x00]SFATAL\x00VFATAL\x00C08P01\x00Minvalid frontend message type 122\x00Fpostgres.c\x00L446\x00RSocketBackend\x00\x00',
  ],
  ['a length of 2', latin1('Q\0\0\0\x02'), ''],
  ['a length of 2 GiB', Buffer.from('517fffffff', 'hex'), ''],
  [
    'a query without an end',
    message('Q', 'select 1'),
    'E\x00\x00\x00WSERROR\x00VERROR\x00C08P01\x00Minvalid string in message\x00Fpqformat.c\x00L595\x00Rpq_getmsgstring\x00\x00Z\x00\x00\x00\x05I',
  ],
]

describe('PostgreSQL 15', () => {
  it.each(BEFORE_LOGIN)('answers %s', async (_, sent, answer) => {
    const client = connectTo(await postgresService({tls: 'off'}))
    const replies = sent.map((bytes) => client.send(bytes))
    expect(replies.at(-1)?.written.toString('latin1')).toBe(answer)
    expect(replies.at(-1)?.last).toBe('close')
    expect(client.events).toHaveLength(1)
  })

  it.each(PASSWORDS)('answers %s', async (_, sent, answer) => {
    const client = connectTo(await postgresService({auth: 'password'}))
    expect(client.send(STARTUP).written.toString('latin1')).toBe('R\0\0\0\x08\0\0\0\x03')
    const {written, last} = client.send(sent)
    expect(written.toString('latin1')).toBe(answer)
    expect(last).toBe('close')
  })

  it.each(QUERIES)('answers a question for %s', async (_, sent, answer) => {
    const client = await inside()
    expect(client.send(sent).written.toString('latin1')).toBe(answer)
  })

  it('says which protocol it speaks to a client that has a newer one', async () => {
    const client = connectTo(await postgresService())
    const {written} = client.send(startup({user: 'app', '_pq_.x': '1'}, 0x3_0001))
    expect(written.subarray(0, 20).toString('latin1')).toBe(
      'v\x00\x00\x00\x13\x00\x03\x00\x00\x00\x00\x00\x01_pq_.x\x00',
    )
  })

  it('offers what its build has', async () => {
    const offers = async (bytes: Buffer, options = {}, facts = {}) =>
      connectTo(await postgresService(options, facts))
        .send(bytes)
        .written.toString()
    expect(await offers(TLS_REQUEST)).toBe('S')
    expect(await offers(TLS_REQUEST, {tls: 'off'})).toBe('N')
    expect(await offers(GSS_REQUEST)).toBe('G')
    expect(await offers(GSS_REQUEST, {}, {os: 'windows_server', distro: 'windows2022'})).toBe('N')
    expect(await offers(request(80_877_101))).toContain('unsupported frontend protocol 1234.5677')
  })
})
