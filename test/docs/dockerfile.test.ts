import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {commandsOf} from './blocks.ts'
import {ROOT} from './pages.ts'

interface Instruction {
  readonly name: string
  readonly value: string
}

/** The instructions, with continued lines joined and comments left out. */
const INSTRUCTIONS: readonly Instruction[] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [name = '', ...value] = line.split(' ')
    return {name, value: value.join(' ')}
  })

const values = (name: string): string[] => INSTRUCTIONS.flatMap((each) => (each.name === name ? [each.value] : []))

const STAGES = values('FROM')
const LAST_FROM = INSTRUCTIONS.findLastIndex(({name}) => name === 'FROM')
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

describe('the Dockerfile', () => {
  it('takes its base from wherever the operator says, and names no registry', () => {
    expect(STAGES.map((stage) => stage.replace(/^\$\{NODE_IMAGE\}/, 'BASE'))).toEqual(['BASE AS build', 'BASE'])
    const [base] = values('ARG')
    expect(base).toMatch(/^NODE_IMAGE=node:24-[\w-]+$/)
    expect(INSTRUCTIONS[0]?.name).toBe('ARG')
  })

  it('has only instructions that every builder knows', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'VOLUME', 'ENTRYPOINT', 'CMD']
    expect(INSTRUCTIONS.filter(({name}) => !known.includes(name))).toEqual([])
    expect(INSTRUCTIONS.filter(({value}) => /--mount|<</.test(value))).toEqual([])
  })

  it('copies what the package holds, and nothing that only development needs', () => {
    const copied = INSTRUCTIONS.slice(LAST_FROM)
      .filter(({name}) => name === 'COPY')
      .flatMap(({value}) => [...value.matchAll(/\/src\/(\S+)/g)].map(([, path = '']) => `/${path}`))
    // The systemd unit is for hosts.
    const files = PACKAGE.files.filter((path: string) => path !== '/systemd')
    const wanted = [...files, '/LICENSE', '/package.json', '/node_modules']
    expect(copied.toSorted()).toEqual(wanted.toSorted())
    expect(values('RUN')).toContainEqual(expect.stringContaining('npm prune --omit=dev'))
  })

  it('runs scripts of package.json, and no install scripts', () => {
    const steps = values('RUN').flatMap((value) => value.split(' && '))
    for (const step of steps) {
      const script = /^npm run ([\w:]+)/.exec(step)?.[1]
      if (script !== undefined) expect(PACKAGE.scripts).toHaveProperty(script)
      if (/^npm (?:ci|install|prune)/.test(step)) expect(step).toContain('--ignore-scripts')
    }
  })

  it('keeps the state in a private volume and starts the built program', () => {
    const state = /DECNET_STATE_DIR=(\S+)/.exec(values('ENV').join(' '))?.[1]
    expect(values('VOLUME')).toEqual([state])
    expect(values('RUN')).toContain(`install -d -m 0700 ${state}`)
    expect(JSON.parse(values('ENTRYPOINT')[0] ?? '')).toEqual(['node', '/opt/decnet/bin/run.js'])
  })
})

describe('the build context', () => {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).replace(/\/$/, ''))

  it('is a list of what is let in', () => {
    expect(lines[0]).toBe('*')
    expect(allowed.filter((name) => !existsSync(join(ROOT, name)))).toEqual([])
    const secret = readdirSync(ROOT).filter((name) => /^\.git$|^\.env|^node_modules$|^\.lab$/.test(name))
    expect(allowed.filter((name) => secret.includes(name))).toEqual([])
  })

  it('has every file that the image copies out of it', () => {
    const named = INSTRUCTIONS.slice(0, LAST_FROM)
      .filter(({name}) => name === 'COPY')
      .flatMap(({value}) => value.split(' ').slice(0, -1))
      .filter((name) => name !== '.')
    expect(named.filter((name) => !allowed.includes(name))).toEqual([])
  })
})

it('is run in docs/install.md with what it needs', () => {
  const run = commandsOf('docs/install.md', new Set(['image']))
    .map(({script}) => script.replace(/\\\n\s*/g, ''))
    .find((script) => script.startsWith('docker run'))
  const state = values('VOLUME')[0]
  const directory = values('WORKDIR').at(-1)
  expect(run).toContain('--network host')
  expect(run).toContain('--volume /var/run/docker.sock:/var/run/docker.sock')
  expect(run).toContain(`--volume decnet-state:${state}`)
  expect(run).toContain(`--volume "$PWD:${directory}:ro"`)
})
