import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../lab/debian.ts'
import {commandsOf, filesOf, isCommands, LABELS, playedIn, REFERENCES} from './blocks.ts'
import {fencesOf} from './markdown.ts'
import {PAGES, ROOT, readPage} from './pages.ts'
import {type Played, play, type Step, whyNoSandbox} from './sandbox.ts'

/** Programs of a block that not every machine has. */
const TOOLS = ['curl', 'jq', 'ssh']

/** What a block has to print, by words of the block. */
const PRINTS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'README.md': {
    '--port-offset 10000': /8 deckies|8 created/,
    'curl http': /8 of 8 deckies running.*<title>Intranet.*uid=\d+\(backup\)/is,
    'run.js events': /auth\.attempt +success password backup:backup2019.*8 removed/s,
    '--json --lock-timeout': /^\{"schema":"decnet\.deploy\/v1","ok":true/m,
  },
  'docs/scripts.md': {
    'plan fleet.ini --replace-fleet --detailed-exitcode': /^nothing to do$/m,
    '.summary': /"unchanged": 3.*^web-01 127\.77\.0\.\d+ running$/ms,
    'select(.type == "done")': /decnet\.progress\/v1/,
  },
}

const ENGINE = {DECNET_ENGINE: 'embedded', DECNET_PORT_OFFSET: '10000'}
const STEP_SECONDS = 60
/** To the shell that `ssh` opens. */
const TYPED = 'id\nexit\n'

const why = whyNoSandbox()
if (why !== undefined) console.warn(`\n*** SKIPPED: the commands of the documents: ${why} ***\n`)

function missingTool({script}: Step): string | undefined {
  return TOOLS.find((tool) => new RegExp(`(?:^|[|&;] *)${tool} `, 'm').test(script) && findCommand(tool) === undefined)
}

describe.skipIf(why !== undefined).each(PAGES.filter((page) => playedIn(page).length > 0))('%s', (page) => {
  const steps = playedIn(page).filter((step) => {
    const tool = missingTool(step)
    if (tool !== undefined) console.warn(`\n*** SKIPPED: ${step.name}: there is no ${tool} ***\n`)
    return tool === undefined
  })
  let outcomes: ReadonlyMap<string, Played>

  beforeAll(
    async () => {
      const played = await play(steps, {files: filesOf(page), env: ENGINE, stepSeconds: STEP_SECONDS, typed: TYPED})
      outcomes = new Map(played.map((each) => [each.name, each]))
    },
    (steps.length + 1) * (STEP_SECONDS + 15) * 1000,
  )

  it.each(steps)('$name runs as written', ({name, script}) => {
    const outcome = outcomes.get(name)
    expect(outcome?.code, `${script}\n${outcome?.stdout}\n${outcome?.stderr}`).toBe(0)
    for (const [words, printed] of Object.entries(PRINTS[page] ?? {})) {
      if (script.includes(words)) expect(outcome?.stdout).toMatch(printed)
    }
  })
})

it('expects nothing of blocks that are no longer there', () => {
  const gone = Object.entries(PRINTS).flatMap(([page, prints]) =>
    Object.keys(prints).filter((words) => !playedIn(page).some(({script}) => script.includes(words))),
  )
  expect(gone).toEqual([])
})

it('knows who runs each block of commands', () => {
  const unknown = PAGES.flatMap((page) =>
    fencesOf(readPage(page))
      .filter((fence) => isCommands(fence) && !Object.hasOwn(LABELS, fence.label))
      .map(({line, label}) => `${page}:${line}: ${label}`),
  )
  expect(unknown).toEqual([])
})

it('says of every block what it is written in', () => {
  const plain = PAGES.filter((page) => !REFERENCES.has(page)).flatMap((page) =>
    fencesOf(readPage(page))
      .filter(({language, text}) => language === '' && /^ *(?:\$|decnet |npm |\.\/)/m.test(text))
      .map(({line}) => `${page}:${line}`),
  )
  expect(plain).toEqual([])
})

it('names only commands that exist', () => {
  const tops = readdirSync(join(ROOT, 'src/commands')).map((name) => name.replace(/\.ts$/, ''))
  const named = PAGES.flatMap((page) =>
    fencesOf(readPage(page))
      .filter(isCommands)
      .flatMap(({line, text}) =>
        [...text.matchAll(/(?:^|[|&;(] *)(?:decnet|\.\/bin\/run\.js) ([a-z]+)/gm)].map(([, command = '']) => ({
          place: `${page}:${line}`,
          command,
        })),
      ),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter(({command}) => !tops.includes(command))).toEqual([])
})

const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts

it('names only scripts of package.json that exist', () => {
  const named = PAGES.flatMap((page) =>
    [...readPage(page).matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test))\b/g)].map((match) => ({
      page,
      script: match[1] ?? match[2] ?? '',
    })),
  )
  expect(named.filter(({script}) => !Object.hasOwn(SCRIPTS, script))).toEqual([])
  expect(PAGES.flatMap((page) => commandsOf(page, new Set(['long', 'tests']))).length).toBeGreaterThan(0)
})
