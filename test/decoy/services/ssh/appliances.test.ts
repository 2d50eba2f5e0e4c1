/** Machines whose SSH server is no ordinary OpenSSH. */
import {readFileSync} from 'node:fs'
import {connect} from 'node:net'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {readProposal} from '../../../../src/decoy/services/ssh/hassh.ts'
import {recordingOf} from '../../../../src/events/replay/recording.ts'
import {wayOf} from '../../../support/kept.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {OPENINGS} from '../../recognition-corpus.ts'
import {DROPBEAR_DIALOGUES, DROPBEAR_RAW, withoutPadding} from './dropbear-corpus.ts'
import {converse, decodeGolden, delayOf, probe, type Recorded} from './golden.ts'
import {run, serveSsh, ssh, talk} from './ssh-world.ts'

const SLOW = 30_000
const SWITCH: Partial<PersonaFacts> = {os: 'cisco', distro: 'ios', archetype: 'switch', hostname: 'ber-sw01'}
const FIRMWARE: Partial<PersonaFacts> = {os: 'embedded', distro: 'embedded', hostname: 'gw-3'}
const BMC: Partial<PersonaFacts> = {...FIRMWARE, archetype: 'bmc', hostname: 'ILOCZJ4120QWB'}
const ESXI: Partial<PersonaFacts> = {archetype: 'esxi', hostname: 'esx-02'}
const HONEY = {users: ['admin:cisco'], enable: 'Core-2024'}
/** What a client of today has to be told before it speaks with a switch. */
const OLD = [
  ['KexAlgorithms', 'diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1'],
  ['HostKeyAlgorithms', 'ssh-rsa'],
  ['Ciphers', 'aes256-cbc'],
  ['MACs', 'hmac-md5'],
].flatMap(([name, value]) => ['-o', `${name}=+${value}`])

async function opened(facts: Partial<PersonaFacts>, options: OptionValues = {}): Promise<Buffer> {
  const served = await serveSsh(options, facts)
  const said = await talk(served.port, 'SSH-2.0-test\r\n', {idleMs: 1000})
  await served.close()
  return said
}

describe('what is offered', () => {
  // Written out a second time: a slip in the lists must not pass unseen.
  it.each([
    [
      'a switch of the train 15.2(4)E',
      {...SWITCH, seed: '5a'.repeat(32)},
      'SSH-2.0-Cisco-1.25\n',
      'diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
      'ssh-rsa',
      'aes128-ctr,aes192-ctr,aes256-ctr,aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc',
      'hmac-sha1,hmac-sha1-96',
      'none',
    ],
    [
      'a switch of the train 15.2(7)E',
      {...SWITCH, seed: '01'.repeat(32)},
      'SSH-2.0-Cisco-1.25\n',
      'diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1',
      'ssh-rsa',
      'aes128-ctr,aes192-ctr,aes256-ctr',
      'hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-sha1-96',
      'none',
    ],
    [
      'a management processor',
      BMC,
      'SSH-2.0-mpSSH_0.2.1\r\n',
      'diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
      'ssh-rsa',
      'aes256-cbc,aes128-cbc,3des-cbc,aes256-ctr',
      'hmac-sha1,hmac-md5',
      'none',
    ],
    [
      'ESXi',
      ESXI,
      'SSH-2.0-OpenSSH_8.8\r\n',
      'ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256',
      'rsa-sha2-512,rsa-sha2-256',
      'aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr',
      'hmac-sha2-256,hmac-sha2-512',
      'none,zlib@openssh.com',
    ],
  ])('by %s', async (_, facts, identification, kex, hostKeys, ciphers, macs, compressions) => {
    const said = await opened(facts)
    expect(said.subarray(0, identification.length).toString('latin1')).toBe(identification)
    const proposal = readProposal(said.subarray(identification.length + 5))
    expect(proposal).toEqual({kex, hostKeys, ciphers, macs, compressions})
  })

  it('follows the option where there is one', async () => {
    expect((await opened({}, {product: 'dropbear'})).toString('latin1')).toMatch(/^SSH-2\.0-dropbear_2022\.83\r\n/)
    expect((await opened(FIRMWARE, {product: 'openssh'})).toString('latin1')).toMatch(/^SSH-2\.0-OpenSSH_8\.2\r\n/)
    expect((await opened(SWITCH, {version: 'Cisco-2.0'})).toString('latin1')).toMatch(/^SSH-2\.0-Cisco-2\.0\n/)
  })
})

describe('Dropbear', () => {
  const golden = decodeGolden(
    readFileSync(new URL('../../../fixtures/ssh/dropbear-2022.83.json', import.meta.url), 'utf8'),
  )
  let served: Served
  beforeAll(async () => {
    served = await serveSsh(HONEY, FIRMWARE, {connectionsPerSource: 200, eventsPerSecond: 10_000})
  })
  afterAll(() => served.close())

  it.concurrent.each(Object.entries(DROPBEAR_RAW))('answers as was recorded: %s', async (name, bytes) => {
    const expected: Recorded | undefined = golden.raw[name]
    expect(withoutPadding(await probe(served.port, bytes, {quietMs: 60, expected}))).toEqual(expected)
  })

  it.concurrent.each(Object.entries(DROPBEAR_DIALOGUES))(
    'answers logins as was recorded: %s',
    async (name, dialogue) => {
      const expected = golden.dialogues[name] ?? []
      expect(await converse(served.port, dialogue, 60, expected)).toEqual(expected)
    },
    SLOW,
  )

  it('takes as long over a wrong password', async () => {
    const recorded = Object.values(golden.delays).flat()
    const delay = await delayOf(served.port, 'root')
    expect(delay).toBeGreaterThan(Math.min(...recorded) - 40)
    expect(delay).toBeLessThan(Math.max(...recorded) + 150)
  })

  it('has the shell of BusyBox, and no SFTP', async () => {
    const inside = await ssh(served.port, 'admin:cisco', [], ['-tt'], 'nosuch\rexit\r')
    expect(inside.stdout).toMatch(
      /BusyBox v1\.\d+\.\d+ \(.*\) built-in shell \(ash\)[\s\S]*~ \$ nosuch\r\n-sh: nosuch: not found/,
    )
    expect((await ssh(served.port, 'admin:cisco', ['nosuch'])).stderr).toBe('sh: nosuch: not found\n')
    const files = await ssh(served.port, 'admin:cisco', ['sftp'], ['-s'])
    expect(files).toEqual({code: 127, stdout: '', stderr: 'sh: /usr/libexec/sftp-server: not found\n'})
  })
})

describe('a switch', () => {
  it('has its command line behind the login, the same as by telnet', {timeout: SLOW}, async () => {
    const served = await serveSsh(HONEY, SWITCH)
    const typed = 'show version\renable\rCore-2024\rshow run\rexit\r'
    const inside = await ssh(served.port, 'admin:cisco', [], [...OLD, '-tt'], typed)
    expect(inside.stdout).toMatch(/^\r\nber-sw01>show version\r\nCisco IOS Software/)
    expect(inside.stdout).toMatch(/ber-sw01>enable\r\nPassword: \r\nber-sw01#show run[\s\S]*hostname ber-sw01/)
    expect((await ssh(served.port, 'admin:cisco', ['show inventory'], OLD)).stdout).toMatch(/^NAME: "1", DESCR: "WS-C/)
    await eventually(() => served.named('session.end').length === 2)
    const [first] = served.named('auth.attempt')
    const recording = recordingOf(served.events.filter(({session}) => session === first?.session))
    expect(wayOf(recording?.frames ?? [], 'o')).toBe(inside.stdout)
    expect(served.named('auth.attempt').map(({credential}) => [credential?.method, credential?.outcome])).toEqual([
      ['none', 'failure'],
      ['keyboard-interactive', 'success'],
      ['enable', 'success'],
      ['none', 'failure'],
      ['keyboard-interactive', 'success'],
    ])
    expect(JSON.stringify(served.named('command').map(({data}) => data))).toContain('"kind":"exec"')
    await served.close()
  })

  it('asks for keys first, and hangs up after three', {timeout: SLOW}, async () => {
    const served = await serveSsh(HONEY, SWITCH)
    const prompts = ['-o', 'NumberOfPasswordPrompts=5', '-o', 'BatchMode=yes', '-v', '-o', 'LogLevel=DEBUG1']
    const refused = await ssh(served.port, 'admin:wrong', ['show version'], [...OLD, ...prompts])
    expect(refused.stderr).toContain('Authentications that can continue: publickey,keyboard-interactive,password')
    await served.close()
  })

  it('gives out no larger groups than it can', {timeout: SLOW}, async () => {
    const served = await serveSsh(HONEY, SWITCH)
    const only = ['-o', 'KexAlgorithms=diffie-hellman-group-exchange-sha1', '-o', 'HostKeyAlgorithms=ssh-rsa']
    expect((await ssh(served.port, 'admin:cisco', ['show users'], only)).stdout).toContain('vty 0')
    await served.close()
  })
})

describe('a management processor', () => {
  it('has the command line of iLO behind the login, of the release that its pages show', {timeout: SLOW}, async () => {
    const served = await serveSsh(HONEY, BMC)
    const typed = 'show /map1/firmware1\rcd system1\rshow\rnonsense\rexit\r'
    const inside = await ssh(served.port, 'admin:cisco', [], [...OLD, '-tt'], typed)
    const {stdout} = inside
    expect(stdout).toMatch(/^User:admin logged-in to ILOCZJ4120QWB\.corp\.example\(192\.168\.40\.17\)\r\n/)
    const version = /iLO Advanced (2\.\d\d) at /.exec(stdout)?.[1] ?? 'none'
    expect(stdout).toContain(`    version=${version}\r\n`)
    expect(stdout).toMatch(/<\/system1>hpiLO-> show\r\n[\s\S]*name=ProLiant/)
    expect(stdout).toContain('error_tag=COMMAND NOT RECOGNIZED')
    expect((await ssh(served.port, 'admin:cisco', ['power'], OLD)).stdout).toContain('server power is currently: On')
    await served.close()
  })
})

describe('two of a kind', () => {
  it('have keys of their own', {timeout: SLOW}, async () => {
    const keyOf = async (seed: string): Promise<string> => {
      const served = await serveSsh(HONEY, {...SWITCH, seed: seed.repeat(32)})
      const {stdout} = await run('nmap', [
        '-Pn',
        '-sV',
        '-p',
        String(served.port),
        '--script',
        'ssh-hostkey',
        '127.0.0.1',
      ])
      await served.close()
      return /2048 ([0-9a-f]{32}) \(RSA\)/.exec(stdout)?.[1] ?? 'none'
    }
    const [one, other, again] = [await keyOf('5a'), await keyOf('5b'), await keyOf('5a')]
    expect(one).not.toBe('none')
    expect(other).not.toBe(one)
    expect(again).toBe(one)
  })
})

describe('what no client says', () => {
  it.each([
    ['a switch', SWITCH],
    ['Dropbear', FIRMWARE],
    ['a management processor', BMC],
    ['ESXi', ESXI],
  ])('is survived by %s, and recorded', {timeout: SLOW}, async (_, facts) => {
    const served = await serveSsh(HONEY, facts, {loginMs: 1500, connectionsPerSource: 200, eventsPerSecond: 10_000})
    const kexInit = Buffer.from(`0000001c0a14${'00'.repeat(26)}`, 'hex')
    const late = [
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), kexInit, kexInit]),
      Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(70_000, 0x41)]),
      Buffer.from('SSH-2.0-x\r\n\0\0\0\x0c\x0a\x15\0\0\0\0\0\0\0\0\0\0', 'latin1'),
    ]
    const openings = [...Object.values(OPENINGS), ...late]
    await Promise.all(openings.map((opening) => talk(served.port, opening, {idleMs: 300, end: true})))
    await eventually(() => served.named('session.end').length === openings.length, 8000)
    expect(served.named('service.error')).toEqual([])
    expect(served.named('malformed').length).toBeGreaterThan(openings.length / 3)
    expect((await talk(served.port, 'SSH-2.0-x\r\n', {idleMs: 300})).length).toBeGreaterThan(200)
    await served.close()
  })

  it('has no effect a byte at a time', {timeout: SLOW}, async () => {
    const served = await serveSsh(HONEY, FIRMWARE)
    const socket = connect(served.port, '127.0.0.1')
    const received: Buffer[] = []
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    await eventually(() => Buffer.concat(received).length === 562)
    for (const byte of Buffer.from('SSH-1337-x\r\n')) {
      socket.write(Buffer.from([byte]))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await eventually(() => served.named('session.end').length === 1)
    expect(served.named('malformed')[0]?.data).toMatchObject({reason: 'not an identification'})
    expect(Buffer.concat(received)).toHaveLength(562)
    await served.close()
  })
})

describe('nmap', () => {
  it.each([
    ['Cisco SSH 1.25 (protocol 2.0)', SWITCH],
    ['Dropbear sshd 2022.83 (protocol 2.0)', FIRMWARE],
    ['HP Integrated Lights-Out mpSSH 0.2.1 (protocol 2.0)', BMC],
    ['OpenSSH 8.8 (protocol 2.0)', ESXI],
  ])('takes it for %s', {timeout: SLOW}, async (product, facts) => {
    const served = await serveSsh(HONEY, facts)
    const {stdout} = await run('nmap', ['-Pn', '-sV', '-p', String(served.port), '127.0.0.1'])
    await served.close()
    expect(stdout).toContain(`ssh     ${product}`)
  })
})
