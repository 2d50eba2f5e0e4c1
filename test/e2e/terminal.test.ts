/** A stranger's first session, at a real terminal: what is on its screen, and that nothing on it is broken. */
import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {hasCommand} from '../lab/debian.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {setSecret} from '../support/state-files.ts'
import {Terminal, type TerminalOptions} from '../support/terminal.ts'

const ESCAPE = /\u001b/
const COLOUR = /\u001b\[[0-9;]*m/
const LIMIT_MS = 180_000

const why =
  hasCommand('tmux') || process.getuid?.() === 0 ? undefined : 'there is no tmux, and only root can install it'
if (why !== undefined) console.warn(`\n*** SKIPPED: a session at a terminal: ${why} ***\n`)

const WIDE = {
  'file-server-of-the-accounting-department-on-the-second-floor-01': {services: 'ssh, http, redis', distro: 'debian'},
  web: {services: 'http', hostname: 'public-web-server-of-the-company-01'},
}

/** What differs from run to run, replaced by what is equally wide; times stand at the end of lines. */
function steady(screen: string): string {
  return screen
    .replaceAll(/\b127\.1\d\d\.\d{3}\./g, '127.NNN.NNN.')
    .replaceAll(/\d+(\.\d)? m?s$/gm, 'TIME')
    .replaceAll(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, 'MM:MM:MM:MM:MM:MM')
}

/** How wide its widest line is: more than the terminal is where one was broken. */
function widest(screen: string): number {
  return Math.max(...screen.split('\n').map((line) => line.length))
}

describe.skipIf(why !== undefined && process.env.DECNET_REQUIRE_LAB !== '1')('a session at a terminal', () => {
  const bench = useBench('terminal', {tools: ['tmux']}, 'embedded')
  const open: Terminal[] = []

  async function terminal({site}: Bench, options: TerminalOptions): Promise<Terminal> {
    // The interview proposes Docker wherever a host for it is named: on every machine the same.
    const env = {DOCKER_HOST: 'unix:///nonexistent/docker.sock', ...options.env}
    const made = await Terminal.open(site, {...options, env})
    open.push(made)
    return made
  }

  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })

  it('of 80 columns: init, validate, plan, deploy, status, teardown', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    expect((await on.run(['config', 'set', 'deployment-limit', '20'])).code).toBe(0)
    setSecret(on.stateDir, Buffer.alloc(32, 7))
    const user = await terminal(on, {columns: 80})
    const screens: [string, string][] = []
    const see = (name: string, screen: string): void => {
      expect(widest(screen)).toBeLessThanOrEqual(80)
      screens.push([name, steady(screen)])
    }

    await user.start('decnet init')
    see('init: where', await user.shows('Where shall the deckies run?'))
    await user.press('Down')
    await user.shows('❯ embedded')
    await user.press('Enter')
    await user.shows('Which loopback subnet')
    await user.type(on.site.general.net as string)
    await user.press('Enter')
    await user.shows('Which DNS domain')
    await user.press('Enter')
    await user.shows('What kind of machines?')
    for (let turns = 0; !/❯ linux-server/.test(await user.shows('❯')) && turns < 40; turns++) await user.press('Down')
    await user.press('Enter')
    await user.shows('How many deckies?')
    await user.type('3')
    await user.press('Enter')
    await user.shows('How shall they be called?')
    await user.type('web-{nn}')
    await user.press('Enter')
    await user.shows('Write 3 deckies to fleet.ini?')
    await user.press('Enter')
    see('init', await user.ended())
    expect(readFileSync(join(on.site.directory, 'fleet.ini'), 'utf8')).toContain('amount = 3')

    for (const command of ['validate fleet.ini', 'plan fleet.ini', 'deploy fleet.ini', 'status', 'deploy fleet.ini']) {
      see(command, await user.run(`decnet ${command}`))
    }
    await user.start('decnet teardown --all')
    see('teardown: consent', await user.shows('Continue? [y/N]'))
    expect(Object.keys(await on.site.incarnations())).toHaveLength(3)
    await user.type('y')
    await user.press('Enter')
    see('teardown', await user.ended())
    see('status of nothing', await user.run('decnet status'))
    const rows = await user.run('decnet lifecycle')
    see('lifecycle', rows.replaceAll(/TIME +|\d+(\.\d)? m?s +/g, 'TIME  '))
    expect(screens.map(([name, screen]) => `--- ${name}\n${screen}\n`).join('\n')).toMatchSnapshot()
  })

  it('of 200 columns shows more of the same', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    expect((await on.run(['config', 'set', 'deployment-limit', '20'])).code).toBe(0)
    setSecret(on.stateDir, Buffer.alloc(32, 7))
    const path = join(on.site.directory, 'wide.ini')
    writeFileSync(path, on.text(WIDE))
    const user = await terminal(on, {columns: 200})
    const plan = await user.run('decnet plan wide.ini')
    await on.deploy(readFileSync(path, 'utf8'))
    const status = await user.run('decnet status')
    for (const screen of [plan, status]) expect(widest(screen)).toBeLessThanOrEqual(200)
    expect(steady(`${plan}\n\n${status}`)).toMatchSnapshot()
    const narrow = await terminal(on, {columns: 80})
    for (const command of ['plan wide.ini', 'status', 'lifecycle', 'deploy wide.ini']) {
      expect(widest(await narrow.run(`decnet ${command}`))).toBeLessThanOrEqual(80)
    }
    expect(widest(await narrow.run('decnet doctor --engine embedded'))).toBeLessThanOrEqual(80)
  })

  it('is coloured there, and nowhere with NO_COLOR, --no-color or a pipe', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    const text = on.text({web: {services: 'http, ssh'}})
    await on.deploy(text)
    const coloured = await terminal(on, {columns: 80})
    for (const command of ['status', 'lifecycle', 'status nobody']) {
      await coloured.run(`decnet ${command}`)
      expect(await coloured.colours(), command).toMatch(COLOUR)
    }
    for (const command of [
      'status --no-color',
      'status | cat',
      'reconcile --no-color',
      'teardown web --no-color --yes',
    ]) {
      await coloured.run(`decnet ${command}`)
      expect(await coloured.colours(), command).not.toMatch(COLOUR)
    }
    const plain = await terminal(on, {columns: 100, env: {NO_COLOR: '1'}})
    for (const command of ['status', 'services', 'doctor --engine embedded', 'status nobody']) {
      await plain.run(`decnet ${command}`)
      expect(await plain.colours(), command).not.toMatch(COLOUR)
    }
    for (const args of [['deploy', '-'], ['status'], ['plan', '-'], ['doctor', '--engine', 'embedded'], ['services']]) {
      const outcome = await on.run(args, {input: text})
      expect(outcome.stdout + outcome.stderr, said(outcome)).not.toMatch(ESCAPE)
    }
  })

  it('counts a deployment of more deckies than the screen has lines', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    expect((await on.run(['config', 'set', 'deployment-limit', '50'])).code).toBe(0)
    writeFileSync(join(on.site.directory, 'many.ini'), on.text({srv: {amount: '40', services: 'ssh'}}))
    const user = await terminal(on, {columns: 80})
    const screen = await user.run('decnet deploy many.ini')
    expect(screen).toMatch(/^✓ fleet {2}42 of 42 done {2}\d+(\.\d)? m?s$/m)
    expect(screen).toContain('40 created. The fleet has 40 deckies.')
    expect(widest(screen)).toBeLessThanOrEqual(80)
  })

  it('completes commands, files and the names of deckies in bash', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    await on.deploy(on.text({'web-front': {services: 'http'}, database: {services: 'redis'}}))
    const user = await terminal(on, {columns: 80})
    await user.run('source <(decnet completion bash)')
    await user.type('decnet dep')
    await user.press('Tab')
    await user.shows(/\$ decnet deploy $|\$ decnet deploy\b/)
    await user.press('C-u')
    await user.type('decnet status web')
    await user.press('Tab')
    await user.shows('decnet status web-front')
    await user.type('da')
    await user.press('Tab')
    await user.shows('decnet status web-front database')
  })
})
