import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {cameraOf} from '../../../../src/decoy/persona/camera.ts'
import {printerOf} from '../../../../src/decoy/persona/printer.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import {dial, FACTS, ftpService, NOW, signIn, USERS, WINDOWS} from './support.ts'

interface Golden {
  readonly server: string
  readonly before: readonly (readonly [string, string])[]
  readonly inside: readonly (readonly [string, string])[]
}

/** Recorded on loopback from the servers named in the files. */
const golden = (product: string): Golden =>
  JSON.parse(readFileSync(join(import.meta.dirname, `golden-${product}.json`), 'utf8')) as Golden

describe.each(['vsftpd', 'proftpd'])('as the real %s', (product) => {
  const {before, inside} = golden(product)
  // ProFTPD of Debian has its TLS in a module that is not loaded.
  const options = {product, ...USERS, tls: product === 'vsftpd'}

  it.each(before)('answers %j before a login', async (command, reply) => {
    const client = dial(await ftpService(options))
    expect(client.say(command)).toBe(reply)
  })

  it.each(inside)('answers %j after it', async (command, reply) => {
    const client = dial(await ftpService(options))
    expect(signIn(client)).toMatch(/^230 /)
    expect(client.say(command)).toBe(reply)
  })
})

describe('the greeting', () => {
  it.each([
    [{product: 'vsftpd'}, {}, '220 (vsFTPd 3.0.3)'],
    [{product: 'vsftpd'}, {distro: 'ubuntu22'}, '220 (vsFTPd 3.0.5)'],
    [{product: 'vsftpd', version: '3.0.2'}, {}, '220 (vsFTPd 3.0.2)'],
    [{product: 'proftpd'}, {}, '220 ProFTPD Server (Debian) [127.0.0.1]'],
    [{product: 'proftpd'}, {distro: 'ubuntu20'}, '220 ProFTPD 1.3.6c Server (files01.corp.example) [127.0.0.1]'],
    [{}, WINDOWS, '220 Microsoft FTP Service'],
    [{}, {os: 'embedded', distro: 'embedded', archetype: 'printer'}, '220 JD FTP Server Ready'],
    [{product: 'jetdirect', banner: 'FTP print'}, {}, '220 FTP print'],
    [{product: 'axis', banner: 'camera'}, {}, '220 camera'],
    [{product: 'vsftpd', banner: 'Authorised use only'}, {}, '220 Authorised use only'],
  ] as const)('of %j on %j is %s', async (options, facts, greeting) => {
    expect(dial(await ftpService(options, facts as Partial<PersonaFacts>)).greeting).toBe(`${greeting}\r\n`)
  })
})

describe('a login', () => {
  it('fails after the delay of the product, and closes after three', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    for (const attempt of [1, 2, 3]) {
      expect(client.closed).toBe(false)
      expect(signIn(client, 'deploy', `guess${attempt}`)).toBe('530 Login incorrect.\r\n')
    }
    expect(client.closed).toBe(true)
    expect(client.actions.filter(({type}) => type === 'delay')).toHaveLength(3)
    expect(
      client.events.map(({credential}) => [credential?.principal, credential?.secret?.text, credential?.outcome]),
    ).toEqual([1, 2, 3].map((attempt) => ['deploy', `guess${attempt}`, 'failure']))
  })

  it('succeeds with honey credentials, and lands at home', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    expect(signIn(client)).toBe('230 Login successful.\r\n')
    expect(client.say('PWD')).toBe('257 "/home/deploy" is the current directory\r\n')
    expect(client.events[0]?.credential?.outcome).toBe('success')
  })

  it('of anonymous fails unless it is allowed', async () => {
    expect(signIn(dial(await ftpService({product: 'vsftpd'})), 'anonymous', 'a@b')).toBe('530 Login incorrect.\r\n')
    const client = dial(await ftpService({product: 'vsftpd', anonymous: true}))
    expect(signIn(client, 'anonymous', 'a@b')).toBe('230 Login successful.\r\n')
    expect(client.say('MKD x')).toBe('550 Permission denied.\r\n')
    expect(client.say('CWD pub')).toBe('250 Directory successfully changed.\r\n')
    expect(client.say('CWD /etc')).toBe('550 Failed to change directory.\r\n')
  })

  it('by an empty password is answered as any wrong one', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    client.say('USER deploy')
    expect(client.say('PASS')).toBe('530 Login incorrect.\r\n')
  })
})

describe('files', () => {
  it('can be made, renamed and removed by their owner', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    signIn(client)
    expect(client.say('MKD d1')).toBe('257 "/home/deploy/d1" created\r\n')
    expect(client.say('MKD d1')).toBe('550 Create directory operation failed.\r\n')
    expect(client.say('RNFR d1')).toBe('350 Ready for RNTO.\r\n')
    expect(client.say('RNTO d2')).toBe('250 Rename successful.\r\n')
    expect(client.say('RMD d2')).toBe('250 Remove directory operation successful.\r\n')
    expect(client.say('DELE /etc/passwd')).toBe('550 Delete operation failed.\r\n')
  })

  it('are described in the manner of the product', async () => {
    const stat = async (product: string, facts: Partial<PersonaFacts>, path: string): Promise<string> => {
      const client = dial(await ftpService({product, ...USERS}, facts))
      signIn(client)
      return client.say(`STAT ${path}`)
    }
    expect(await stat('vsftpd', {}, '/etc/hostname')).toMatch(
      /^-rw-r--r-- {4}1 0 {8}0 {15}8 [A-Z][a-z]{2} \d\d [ \d]{2}[:\d]{3} hostname\r$/m,
    )
    expect(await stat('proftpd', {}, '/etc/hostname')).toMatch(
      /^ -rw-r--r-- {3}1 root {5}root {12}8 [A-Z][a-z]{2} [ \d]\d [ \d]{2}[:\d]{3} hostname\r$/m,
    )
    expect(await stat('iis', WINDOWS, '/')).toMatch(/^\d\d-\d\d-\d\d {2}\d\d:\d\d[AP]M {7}<DIR> {10}Reports\r$/m)
  })

  it('have machine-readable facts with ProFTPD alone', async () => {
    const client = dial(await ftpService({product: 'proftpd', ...USERS}))
    signIn(client)
    expect(client.say('MLST')).toMatch(
      /^250-Start of list for \/home\/deploy\r\n modify=\d{14};perm=flcdmpe;type=dir;unique=\w+;UNIX\.group=1000;UNIX\.groupname=deploy;UNIX\.mode=0755;UNIX\.owner=1000;UNIX\.ownername=deploy; \/home\/deploy\r\n250 End of list\r\n$/,
    )
  })
})

describe('a data connection', () => {
  it('is never opened to anybody but the peer, and who asks is recorded', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    signIn(client)
    expect(client.say('PORT 10,0,0,1,0,80')).toBe('500 Illegal PORT command.\r\n')
    expect(client.events.find(({event}) => event === 'probe')?.data).toMatchObject({
      reason: 'bounce',
      target: {ip: '10.0.0.1', port: 80},
    })
  })

  it('of an active client cannot be made', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    signIn(client)
    expect(client.say('PORT 127,0,0,1,250,250')).toMatch(/^200 /)
    expect(client.say('LIST')).toBe('425 Failed to establish connection.\r\n')
  })

  it('is asked of the runtime', async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    signIn(client)
    expect(client.say('PASV')).toBe('')
    expect(client.actions.at(-2)?.type).toBe('listen')
  })
})

describe('the line reader', () => {
  it('bounds a line and says that it was long', async () => {
    const client = dial(await ftpService({product: 'proftpd'}), {line: 100})
    expect(client.say('A'.repeat(5000))).toBe(`500 ${'A'.repeat(100)} not understood\r\n`)
    expect(client.events[0]).toMatchObject({event: 'malformed', data: {reason: 'long line'}})
  })

  it("drops Telnet's synch before ABOR", async () => {
    const client = dial(await ftpService({product: 'vsftpd', ...USERS}))
    signIn(client)
    expect(client.say('\xff\xf4\xff\xf2ABOR')).toBe('225 No transfer to ABOR.\r\n')
  })

  it('stops after so many commands', async () => {
    const client = dial(await ftpService({product: 'vsftpd'}), {commands: 2})
    client.say('NOOP')
    client.say('NOOP')
    expect(client.closed).toBe(true)
  })
})

describe('two deckies and two installs', () => {
  it('hold other lures', async () => {
    const lures = async (seed: string): Promise<string> => {
      const client = dial(await ftpService({product: 'vsftpd', anonymous: true}, {seed}))
      signIn(client, 'ftp', 'x')
      return client.say('STAT pub')
    }
    expect(await lures('44'.repeat(32))).not.toBe(await lures('45'.repeat(32)))
    expect(NOW).toBeGreaterThan(0)
  })
})

describe('TLS', () => {
  it('begins after AUTH with what came behind it', async () => {
    const client = dial(await ftpService({product: 'vsftpd'}))
    const actions = client.session.feed(Buffer.from('AUTH TLS\r\nhello', 'latin1'))
    const last = actions.at(-1)
    expect(last?.type === 'upgrade' && last.received?.toString()).toBe('hello')
  })

  it('is refused where the option turns it off', async () => {
    expect(dial(await ftpService({product: 'vsftpd', tls: false})).say('AUTH TLS')).toBe(
      '530 Please login with USER and PASS.\r\n',
    )
    expect(dial(await ftpService({product: 'proftpd', tls: false})).say('FEAT')).not.toContain('AUTH TLS')
  })
})

describe('a printer', () => {
  const PRINTER = {os: 'embedded', distro: 'embedded', archetype: 'printer'} as const

  it('takes every name, shows its port, and prints what is put there', async () => {
    const client = dial(await ftpService({}, PRINTER))
    expect(client.say('LIST')).toBe('530 Authentication required.\r\n')
    expect(client.say('USER nobody')).toMatch(/^331 Username Ok/)
    const {model} = printerOf(new Persona({...FACTS, ...PRINTER}))
    expect(client.say('PASS x@y.z')).toContain(`PORT1          Print to port 1 ${model.name}\r\n`)
    expect(client.events.flatMap(({credential}) => credential ?? [])).toMatchObject([
      {principal: 'nobody', secret: {text: 'x@y.z'}},
    ])
    expect(client.say('PWD')).toContain('"/PORT1"')
    expect(client.say('SIZE /etc/passwd')).toMatch(/^550 /)
    expect(client.say('AUTH TLS')).toBe('502 Command not implemented.\r\n')
    expect(client.say('CLNT x')).toBe('502 Command not implemented.\r\n')
    expect(client.say('\x01\x02')).toBe('502 Command not implemented.\r\n')
  })
})

describe('a camera', () => {
  const CAMERA = {os: 'embedded', distro: 'embedded', archetype: 'iot-device', mac: 'ac:cc:8e:01:02:03'} as const

  it('claims the version that it is told to', async () => {
    const client = dial(await ftpService({version: '10.12.206'}, CAMERA))
    expect(client.greeting).toContain(' Network Camera 10.12.206 (')
  })

  it('greets with its model and firmware as nmap knows them, and lets nobody in', async () => {
    const client = dial(await ftpService(USERS, CAMERA))
    const {name, kind, firmware} = cameraOf(new Persona({...FACTS, ...CAMERA}))
    expect(client.greeting).toMatch(new RegExp(`^220 ${name} ${kind} ${firmware} \\(\\w+ \\d+ \\d+\\) ready\\.\\r\\n$`))
    expect(client.say('USER root')).toBe('331 User name okay, need password.\r\n')
    expect(client.say('PASS pass')).toBe('530 Login incorrect.\r\n')
    expect(signIn(client)).toBe('230 User logged in, proceed.\r\n')
  })
})
