import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'

import {fencesOf} from './markdown.ts'
import {ROOT, readPage} from './pages.ts'

const README = readPage('README.md')

/** Commands as they are typed, from the files that hold them: `config get`. */
const COMMANDS = readdirSync(join(ROOT, 'src/commands'), {recursive: true, encoding: 'utf8'})
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replace(/(?:\/index)?\.ts$/, '').replaceAll('/', ' '))

/** First cells of the table of commands, with alternatives spelled out. */
function listed(): string[] {
  const [, section = ''] = README.split(/^## Commands$/m)
  const [table = ''] = section.split(/^## /m)
  return [...table.matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, usage = '']) => commandsOf(usage)),
  )
}

/** `config get\|set` is `config get` and `config set`; what is an argument is left out. */
function commandsOf(usage: string): string[] {
  const [topic = '', choice = ''] = usage.replaceAll('\\|', '|').split(' ')
  const topicHasCommands = COMMANDS.some((command) => command.startsWith(`${topic} `))
  return topicHasCommands && choice !== '' ? choice.split('|').map((name) => `${topic} ${name}`) : [topic]
}

it('lists the commands that there are, and no others', () => {
  const own = COMMANDS.filter((command) => command !== 'help')
  expect(listed().toSorted()).toEqual(own.toSorted())
})

it('begins with one line that shows the main thing done, and one that runs the tests', () => {
  const [first, ...others] = fencesOf(README)
  expect(first).toMatchObject({label: 'first'})
  expect(first?.text.trim().split('\n')).toHaveLength(1)
  const tests = others.find(({label}) => label === 'tests')
  expect(tests?.text).toBe('npm ci && npm run test:all\n')
  expect(README.split('\n').indexOf('```sh first')).toBeLessThan(20)
})

it('keeps its lines short enough to read in a terminal', () => {
  const long = README.split('\n').filter((line) => line.length > 130)
  expect(long).toEqual([])
})
