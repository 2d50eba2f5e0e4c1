import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {findCommand} from '../lab/debian.ts'
import {commandsOf, filesOf} from './blocks.ts'
import {play, whyNoSandbox} from './sandbox.ts'

const PAGE = 'docs/scripts.md'
const FILES = filesOf(PAGE)
const LIMIT_MS = 180_000
const ENGINE = {DECNET_ENGINE: 'embedded', DECNET_PORT_OFFSET: '10000'}

function file(name: string): string {
  const text = FILES.get(name)
  if (text === undefined) throw new Error(`${PAGE} shows no ${name}`)
  return text
}

/** A test that needs a program, and says so loudly where it is missing. */
function withTool(tool: string, name: string, body: (path: string) => Promise<void> | void): void {
  const path = findCommand(tool)
  if (path === undefined) console.warn(`\n*** SKIPPED: ${PAGE}: ${name}: there is no ${tool} ***\n`)
  it.skipIf(path === undefined)(name, {timeout: LIMIT_MS}, () => body(path ?? ''))
}

const why = whyNoSandbox()

/** Plays some lines, each a step of its own, on the embedded engine. */
const played = (lines: readonly string[]) =>
  play(
    lines.map((script) => ({name: script, script})),
    {files: FILES, env: ENGINE},
  )

const codes = async (lines: readonly string[]) => (await played(lines)).map(({code}) => code)

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'decnet-scripts-'))
})
afterEach(() => rmSync(directory, {recursive: true, force: true}))

describe('the CI job', () => {
  /** What stands under `script:`; the file has no other lists of lines. */
  const lines = [...file('.gitlab-ci.yml').matchAll(/^ {4}- (decnet .*)$/gm)].map(([, line = '']) => line)

  it.skipIf(why !== undefined)('does what its comments say', {timeout: LIMIT_MS}, async () => {
    expect(lines).toHaveLength(4)
    const [validate = '', plan = '', deploy = '', status = ''] = lines
    expect(await codes([validate, plan, deploy, status, plan])).toEqual([0, 2, 0, 0, 0])
  })

  withTool('ansible-playbook', 'is YAML', () => {
    const path = join(directory, 'job.yml')
    writeFileSync(path, file('.gitlab-ci.yml'))
    const read = ['-c', 'import sys, yaml, json; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))', path]
    const {stdout, stderr, status} = spawnSync('python3', read, {encoding: 'utf8'})
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      validate: {script: ['decnet validate fleet.ini']},
      plan: {allow_failure: {exit_codes: 2}},
      deploy: {script: [expect.stringContaining('deploy'), 'decnet status']},
    })
  })
})

describe('the Ansible play', () => {
  const argv = /declare: \[(.*)\]/.exec(file('playbook.yml'))?.[1]?.split(', ') ?? []
  const command = argv.join(' ').replace('"{{ decnet_fleet }}"', 'fleet.ini')

  it.skipIf(why !== undefined)('is told of a change by exit code 2', {timeout: LIMIT_MS}, async () => {
    expect(await codes([`${command} --dry-run`, command, command])).toEqual([2, 2, 0])
  })

  withTool('ansible-playbook', 'is a play that Ansible understands', (ansible) => {
    writeFileSync(join(directory, 'playbook.yml'), file('playbook.yml'))
    const env = {...process.env, HOME: directory, ANSIBLE_LOCAL_TEMP: directory}
    const args = ['--syntax-check', '--inventory', 'deception,', 'playbook.yml']
    const {status, stdout, stderr} = spawnSync(ansible, args, {cwd: directory, env, encoding: 'utf8'})
    expect(status, stdout + stderr).toBe(0)
    expect(stderr).not.toMatch(/warn|deprecat/i)
  })

  withTool('ansible-playbook', 'changes something once, and plans under --check', async (ansible) => {
    if (why !== undefined) return
    const options = '--connection local --inventory deception, --extra-vars "decnet_fleet=$HOME/decnet/fleet.ini"'
    // `~` is the home that the system knows, which inside the sandbox of an ordinary user is root's.
    const run = `ANSIBLE_REMOTE_TMP=$HOME/.ansible ${ansible} ${options} --extra-vars ansible_become=false playbook.yml`
    const outcomes = await played([run, run, `${run} --check`])
    const changed = outcomes.map(({code, stdout}) => [code, /changed=(\d)/.exec(stdout)?.[1]])
    expect(changed, JSON.stringify(outcomes, null, 1)).toEqual([
      [0, '3'],
      [0, '0'],
      [0, '0'],
    ])
  })
})

describe('the systemd units', () => {
  const units = ['decnet-reconcile.service', 'decnet-reconcile.timer']

  withTool('systemd-analyze', 'are units that systemd understands', (analyze) => {
    const decnet = join(directory, 'decnet')
    writeFileSync(decnet, '#!/bin/sh\n', {mode: 0o755})
    mkdirSync(join(directory, 'units'))
    const paths = units.map((unit) => {
      const path = join(directory, 'units', unit)
      writeFileSync(path, file(unit).replace('/usr/local/bin/decnet', decnet))
      return path
    })
    const {status, stdout, stderr} = spawnSync(analyze, ['verify', '--man=no', ...paths], {encoding: 'utf8'})
    // What systemd says of the machine's other units is not ours.
    const ours = (stdout + stderr).split('\n').filter((line) => line.includes('decnet'))
    expect({status, ours}).toEqual({status: 0, ours: []})
  })

  it.skipIf(why !== undefined)('run a command that repairs', {timeout: LIMIT_MS}, async () => {
    const start = /^ExecStart=\S+\/decnet (.*)$/m.exec(file('decnet-reconcile.service'))?.[1] ?? ''
    const deploy = 'decnet deploy fleet.ini --replace-fleet --yes'
    const kill = 'kill -9 "$(grep -o \'"pid":[0-9]*\' "$DECNET_STATE_DIR/embedded/process.json" | grep -o "[0-9]*")"'
    const status = 'decnet status --detailed-exitcode'
    const reconcile = `decnet ${start}`
    expect(await codes([deploy, reconcile, kill, status, reconcile, status])).toEqual([0, 0, 0, 2, 0, 0])
  })

  it('are switched on by the commands below them', () => {
    const commands = commandsOf(PAGE, new Set(['systemd'])).map(({script}) => script)
    const named = commands.join('').match(/decnet-reconcile(?:\.\w+)?/g) ?? []
    expect(new Set(named)).toEqual(new Set(['decnet-reconcile.timer', 'decnet-reconcile']))
    expect(file('decnet-reconcile.timer')).toContain('[Install]')
  })
})
