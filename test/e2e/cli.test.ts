import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {type Bench, said, useBench} from '../support/bench.ts'
import {shell} from '../support/decnet.ts'
import {EngineProxy} from '../support/engine-proxy.ts'
import {incarnations, snapshot} from '../support/engine-view.ts'
import {deckies, fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'

const FLEET = fleetText({web: {services: 'http'}, db: {services: 'redis', ip: '10.77.0.20'}})

const ROW_KEYS = [
  'id',
  'deploymentId',
  'decky',
  'host',
  'operation',
  'status',
  'outcome',
  'error',
  'createdAt',
  'startedAt',
  'completedAt',
  'durationMs',
]
const OUTCOME_COUNTS = ['created', 'replaced', 'restarted', 'removed', 'unchanged', 'failed']

const ESCAPE = /\u001b\[/

/** The keys of an object, of the first object of a list, or of what `path` leads to below it, in their order. */
function keysOf(document: unknown, ...path: string[]): string[] {
  const fields = Object(Array.isArray(document) ? document[0] : document)
  const [next, ...rest] = path
  return next === undefined ? Object.keys(fields) : keysOf(fields[next], ...rest)
}

/** Runs a command on a terminal of its own, where standard output and standard error are one. */
function onTerminal(
  {lab}: Bench,
  line: string,
  {input = '', env = {}}: {input?: string; env?: NodeJS.ProcessEnv} = {},
) {
  return shell(lab, `script -qec '${line}' /dev/null`, {input, env: {TERM: 'xterm-256color', ...env}})
}

function writeFleet({lab}: Bench, text: string): string {
  const path = join(lab.layout.directory, 'fleet.ini')
  writeFileSync(path, text)
  return path
}

describeOnLab('the command line', () => {
  const bench = useBench('cli')

  it('prints every document in its documented shape', async () => {
    const on = bench()
    const json = async (args: readonly string[]) => (await on.run([...args, '--json'], {input: FLEET})).json

    const plan = await json(['plan', '-'])
    expect(keysOf(plan)).toEqual(['schema', 'ok', 'changes', 'replaceFleet', 'summary', 'portOffset', 'operations'])
    expect(keysOf(plan, 'summary')).toEqual(['create', 'replace', 'restart', 'remove', 'unchanged'])
    expect(keysOf(plan, 'operations')).toEqual(['id', 'address', 'action', 'cause', 'dependsOn', 'destructive'])

    const deploy = await json(['deploy', '-'])
    expect(keysOf(deploy)).toEqual([
      'schema',
      'ok',
      'deploymentId',
      'mode',
      'engine',
      'replaceFleet',
      'summary',
      'lifecycle',
    ])
    expect(keysOf(deploy, 'summary')).toEqual(OUTCOME_COUNTS)
    expect(keysOf(deploy, 'lifecycle')).toEqual(ROW_KEYS)
    expect(deploy).toMatchObject({schema: 'decnet.deploy/v1', ok: true, engine: 'docker', mode: 'unihost'})

    const lifecycle = await json(['lifecycle'])
    expect(keysOf(lifecycle)).toEqual(['schema', 'ok', 'rows'])
    expect(keysOf(lifecycle, 'rows')).toEqual(ROW_KEYS)

    const status = await json(['status'])
    expect(keysOf(status)).toEqual(['schema', 'ok', 'fleet', 'deckies', 'leftovers', 'formerEngines'])
    expect(keysOf(status, 'fleet')).toEqual([
      'mode',
      'engine',
      'interface',
      'subnet',
      'gateway',
      'portOffset',
      'generation',
    ])
    expect(keysOf(status, 'deckies')).toEqual([
      'name',
      'ip',
      'mac',
      'hostname',
      'os',
      'host',
      'state',
      'services',
      'drift',
    ])
    expect(keysOf(status, 'deckies', 'services')).toEqual(['name', 'port', 'boundPort', 'protocol', 'state'])

    for (const kind of ['reconcile', 'teardown']) {
      const document = await json([kind, '--yes', ...(kind === 'teardown' ? ['--all'] : [])])
      expect(keysOf(document)).toEqual(['schema', 'ok', 'deploymentId', 'mode', 'engine', 'summary', 'lifecycle'])
      expect(document).toMatchObject({schema: `decnet.${kind}/v1`, ok: true})
    }
    expect(keysOf(await json(['validate', '-']))).toEqual(['schema', 'ok', 'deckies', 'warnings'])
    expect(keysOf(await json(['config', 'list']), 'settings')).toEqual(['name', 'value', 'isDefault', 'summary'])
    expect(await json(['status'])).toEqual({
      schema: 'decnet.status/v1',
      ok: true,
      fleet: null,
      deckies: [],
      leftovers: [],
      formerEngines: [],
    })
  })

  it('names every problem of a fleet file in its place', async () => {
    const on = bench()
    const outcome = await on.run(['deploy', '-', '--json'], {input: '[web]\nservices = htpp\nip = 10.0.0.300\n'})
    expect(outcome.code).toBe(65)
    expect(outcome.stderr).toBe('')
    const diagnostics = [
      {file: '<stdin>', line: 2, snippet: 'services = htpp', summary: expect.stringContaining('htpp')},
      {file: '<stdin>', line: 3, snippet: 'ip = 10.0.0.300', summary: expect.stringContaining('10.0.0.300')},
    ]
    expect(outcome.json).toMatchObject({ok: false, error: {code: 'FLEET_FILE_INVALID', diagnostics}})
  })

  it('plans without any effect, in the same bytes each time, as deploy --dry-run does', async () => {
    const on = bench()
    const before = await snapshot(on.lab)
    const texts = []
    for (const args of [['plan'], ['plan'], ['deploy', '--dry-run'], ['deploy', '--dry-run', '--yes']]) {
      const outcome = await on.run([...args, '-'], {input: FLEET})
      expect(outcome, said(outcome)).toMatchObject({code: 0, stderr: ''})
      texts.push(outcome.stdout)
    }
    expect(new Set(texts)).toEqual(
      new Set([
        `  + network   create   not found
  + image     create   not found
  + decky/db  create   new
  + decky/web  create   new
`.replaceAll(/(network|image|decky\/db) +/g, (_, word: string) => word.padEnd(11)) +
          'Plan: 2 to create, 0 to replace, 0 to restart, 0 to remove, 0 unchanged.\n',
      ]),
    )
    expect(await snapshot(on.lab)).toEqual(before)
    expect(existsSync(on.stateDir)).toBe(false)
    expect(await on.run(['plan', '-', '--detailed-exitcode'], {input: FLEET})).toMatchObject({code: 2})

    await on.deploy(FLEET)
    const [running, files] = [await snapshot(on.lab), readdirSync(on.stateDir)]
    const replan = ['plan', '-', '--replace-fleet']
    expect(await on.run(replan, {input: FLEET})).toMatchObject({code: 0, stdout: 'No changes: 2 unchanged.\n'})
    expect(await on.run([...replan, '--detailed-exitcode'], {input: FLEET})).toMatchObject({code: 0})
    expect(await on.run([...replan, '--detailed-exitcode'], {input: fleetText(deckies(1))})).toMatchObject({code: 2})
    expect(await snapshot(on.lab)).toEqual(running)
    expect(readdirSync(on.stateDir)).toEqual(files)
  })

  it('reads the same from a file and from standard input', async () => {
    const on = bench()
    const path = writeFleet(on, FLEET)
    const [fromFile, fromInput] = [await on.run(['plan', path]), await on.run(['plan', '-'], {input: FLEET})]
    expect(fromFile).toMatchObject({code: 0})
    expect(fromFile.stdout).toBe(fromInput.stdout)
    for (const [missing, why] of [
      [`${path}.not`, 'no such file'],
      [on.lab.layout.directory, 'not a regular file'],
    ]) {
      const error = await on.refused(['plan', String(missing)], 66)
      expect(error).toMatchObject({code: 'FLEET_FILE_NOT_FOUND', message: expect.stringContaining(String(why))})
    }
  })

  it('refuses wrong usage before it reads or calls anything', async () => {
    const on = bench()
    const proxy = await EngineProxy.start(on.lab)
    try {
      for (const args of WRONG_USAGE) {
        const outcome = await on.run([...args, '--json'], {input: FLEET, env: proxy.env})
        expect(outcome, `${args.join(' ')}: ${said(outcome)}`).toMatchObject({code: 64, stderr: ''})
        expect(outcome.json, args.join(' ')).toMatchObject({schema: 'decnet.error/v1', error: {code: 'USAGE'}})
      }
    } finally {
      await proxy.stop()
    }
    expect(proxy.calls).toEqual([])
    expect(existsSync(on.stateDir)).toBe(false)
  })

  it('suggests what was meant', async () => {
    const on = bench()
    expect((await on.run(['deploi'])).stderr).toContain('did you mean `decnet deploy`?')
    expect((await on.run(['deploy', '-', '--repalce-fleet'])).stderr).toContain('--repalce-fleet')
    expect((await on.refused(['config', 'get', 'deployment-limt'], 64)).hint).toContain('deployment-limit')
  })

  it('shows progress on standard error in the mode that was asked for, and the result alone on standard output', async () => {
    const on = bench()
    const deploy = async (name: string, ...flags: string[]) => {
      const outcome = await on.run(['deploy', '-', ...flags], {input: fleetText({[name]: {services: 'http'}})})
      expect(outcome, said(outcome)).toMatchObject({code: 0})
      return outcome
    }
    const plain = await deploy('one', '--progress', 'plain')
    expect(plain.stderr).toMatch(/^network: creating \(not found\)$/m)
    expect(plain.stderr).toMatch(/^decky\/one: created \(\d/m)
    expect(plain.stderr).not.toMatch(ESCAPE)
    expect(plain.stdout).toMatch(
      /^1 created\. The fleet has 1 decky\.\n\nTry, .*\n {2}curl http:\/\/[\d.]+\/\n {2}decnet status .* see what runs\n/,
    )

    const events = (await deploy('two', '--progress', 'json')).stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(events.map(({schema}) => schema))).toEqual(new Set(['decnet.progress/v1']))
    expect(events.map(({seq}) => seq)).toEqual(events.map((_, index) => index + 1))
    expect(events.map(({type}) => type)).toEqual(
      expect.arrayContaining(['plan', 'operation.started', 'operation.finished', 'done']),
    )
    expect(await deploy('three', '--progress', 'quiet')).toMatchObject({stderr: ''})
    expect(await deploy('four', '--quiet', '--json')).toMatchObject({stderr: '', json: {ok: true}})
  })

  it('colours a terminal, and nothing where NO_COLOR or --no-color says so or no terminal is', async () => {
    const on = bench()
    await on.deploy(FLEET)
    expect((await onTerminal(on, 'decnet status')).stdout).toMatch(ESCAPE)
    expect((await onTerminal(on, 'decnet status', {env: {NO_COLOR: '1'}})).stdout).not.toMatch(ESCAPE)
    expect((await onTerminal(on, 'decnet status --no-color')).stdout).not.toMatch(ESCAPE)
    expect((await on.run(['status'])).stdout).not.toMatch(ESCAPE)
    expect((await onTerminal(on, 'decnet status --json')).stdout).not.toMatch(ESCAPE)
  })

  it('asks on a terminal before it removes anything', async () => {
    const on = bench()
    await on.deploy(FLEET)
    const before = await incarnations(on.lab)
    const declined = await onTerminal(on, 'decnet teardown db', {input: 'n\n'})
    expect(declined.code, declined.stdout).toBe(5)
    expect(declined.stdout).toContain('- decky/db  remove   no longer wanted')
    expect(declined.stdout).toContain('This removes 1. Continue? [y/N]')
    expect(await incarnations(on.lab)).toEqual(before)

    const accepted = await onTerminal(on, 'decnet teardown db', {input: 'y\n'})
    expect(accepted.code, accepted.stdout).toBe(0)
    expect(Object.keys(await incarnations(on.lab))).toEqual(['web'])
  })

  it('says so when its output cannot be written', async () => {
    const {lab} = bench()
    const outcome = await shell(lab, 'decnet config list > /dev/full')
    expect(outcome).toMatchObject({code: 74, stderr: expect.stringMatching(/no space left|ENOSPC/i)})
  })
})

const WRONG_USAGE: readonly (readonly string[])[] = [
  ['deploy'],
  ['deploy', 'one.ini', 'two.ini'],
  ['deploy', '-', '--repalce-fleet'],
  ['deploy', '-', '--replace-fleet=maybe'],
  ['deploy', '-', '--parallel', '0'],
  ['deploy', '-', '--parallel', '1.5'],
  ['deploy', '-', '--parallel', '1000000000'],
  ['deploy', '-', '--timeout', '5'],
  ['deploy', '-', '--timeout', '-5s'],
  ['deploy', '-', '--timeout', '99d'],
  ['deploy', '-', '--engine', 'podman'],
  ['deploy', '-', '--subnet', '10.77.0.1/24'],
  ['plan', '-', '--gateway', '10.77.0.300'],
  ['plan', '-', '--progress', 'loud'],
  ['plan', '-', '--state-dir', ''],
  ['teardown'],
  ['teardown', 'web', '--all'],
  ['lifecycle', 'web'],
  ['lifecycle', '--status', 'lost'],
  ['lifecycle', '--limit', '0'],
  ['config', 'get', 'speed'],
  ['config', 'set', 'deployment-limit', '0'],
  ['config', 'set', 'deployment-limit', '65001'],
  ['config', 'set', 'image', '--privileged'],
  ['explode'],
]
