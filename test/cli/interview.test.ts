import {describe, expect, it} from 'vitest'

import {interview} from '../../src/cli/interview.ts'
import type {Asker} from '../../src/cli/prompts.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {draftFleet} from '../../src/operations/init/draft-fleet.ts'
import type {InitInput} from '../../src/operations/init/input.ts'
import type {MachineFacts} from '../../src/operations/init/network.ts'
import {CATALOG} from '../support/catalog.ts'
import {LONELY, MACHINE} from '../support/init-machine.ts'
import {rejectionOf} from '../support/refusal.ts'

interface Asked {
  readonly message: string
  readonly proposed: string
}

/** Answers by the beginning of the question's first words, else with what is proposed; checks as the prompts do. */
function fakeAsker(answers: Readonly<Record<string, string>>, asked: Asked[]): Asker {
  return {
    text: async (question) => {
      const {message, proposed} = question
      asked.push({message, proposed})
      const key = Object.keys(answers).find((start) => message.startsWith(start))
      const answer = key === undefined ? proposed : (answers[key] ?? '')
      const problem =
        question.kind === 'input'
          ? question.problem(answer)
          : question.choices.some(({value}) => value === answer)
            ? undefined
            : `no choice: ${question.choices.map(({value}) => value).join()}`
      if (problem !== undefined) throw new Error(`${message} ${answer}: ${problem}`)
      return answer
    },
    confirm: async () => true,
  }
}

async function talk(
  answers: Readonly<Record<string, string>>,
  flags: InitInput = {},
  machine: MachineFacts = MACHINE,
): Promise<{input: InitInput; asked: Asked[]}> {
  const asked: Asked[] = []
  return {input: await interview(flags, machine, CATALOG, fakeAsker(answers, asked)), asked}
}

describe('the interview', () => {
  it('proposes an answer to every question', async () => {
    const {input, asked} = await talk({})
    expect(asked).toEqual([
      {message: 'Where shall the deckies run?', proposed: 'docker'},
      {message: 'Which interface is the LAN behind?', proposed: 'eth0'},
      {message: 'What is the subnet of the LAN?', proposed: '192.168.1.0/24'},
      {message: 'What is its gateway?', proposed: '192.168.1.254'},
      {message: expect.stringContaining('DHCP'), proposed: ''},
      {message: expect.stringContaining('DNS domain'), proposed: ''},
      {message: 'What kind of machines?', proposed: expect.any(String)},
      {message: 'How many deckies?', proposed: '5'},
      {message: expect.stringContaining('called'), proposed: '{archetype}-{nn}'},
    ])
    expect(draftFleet(input, MACHINE, CATALOG)).toEqual({
      ...draftFleet({}, MACHINE, CATALOG),
      general: {...draftFleet({}, MACHINE, CATALOG).general},
    })
  })

  it('asks nothing of a LAN for the embedded engine', async () => {
    const {input, asked} = await talk({}, {}, LONELY)
    expect(asked[0]?.proposed).toBe('embedded')
    expect(asked.map(({message}) => message).join()).not.toMatch(/interface|gateway|DHCP/)
    expect(input).toMatchObject({engine: 'embedded', net: '127.77.0.0/24'})
  })

  it('asks for the network where none was detected, and takes silence for an answer', async () => {
    const {input} = await talk({'Where shall': 'docker'}, {}, LONELY)
    expect(input).toMatchObject({engine: 'docker'})
    expect(input.net ?? input.interface ?? input.gateway).toBeUndefined()
  })

  it('asks only what the flags left open', async () => {
    const flags = {
      engine: 'docker',
      interface: 'wlan0',
      net: '10.1.0.0/16',
      gateway: '10.1.0.1',
      exclude: '10.1.0.9',
    } as const
    const more = {domain: 'a.example', archetypes: ['deaddeck=2'], namePattern: 'x{n}'}
    const {input, asked} = await talk({}, {...flags, ...more})
    expect(asked).toEqual([])
    expect(input).toEqual({...flags, ...more})
  })

  it('takes one kind of machine', async () => {
    const {input} = await talk({'What kind': 'deaddeck', 'How many': '3', 'How shall': 'old-{n}'})
    const {deckies} = draftFleet(input, MACHINE, CATALOG)
    expect(deckies.map(({name, archetype}) => `${name} ${archetype}`)).toEqual([
      ...['old-1 deaddeck', 'old-2 deaddeck', 'old-3 deaddeck'],
    ])
  })

  it('takes a number for each kind', async () => {
    const {input, asked} = await talk({
      'What kind': ' each',
      'How many of linux-server': '2',
      'How many of deaddeck': '1',
    })
    expect(input.archetypes).toEqual(['linux-server=2', 'deaddeck=1'])
    expect(asked.some(({message}) => message === 'How many deckies?')).toBe(false)
    expect(draftFleet(input, MACHINE, CATALOG).deckies).toHaveLength(3)
  })

  it('proposes the gateway of the subnet that was named', async () => {
    const {asked} = await talk({'What is the subnet': '10.5.0.0/24'})
    expect(asked.find(({message}) => message.includes('gateway'))?.proposed).toBe('10.5.0.1')
  })

  it.each([
    ['What is the subnet', '192.168.1.1/24', 'did you mean "192.168.1.0/24"?'],
    ['What is the subnet', '127.0.0.0/8', 'loopback'],
    ['What is its gateway', '10.0.0.1', 'no usable address of 192.168.1.0/24'],
    ['Which addresses', '10.0.0.1', 'excludes nothing'],
    ['Which addresses', '1-2', 'no address or range'],
    ['Which DNS domain', 'a..b', 'no domain'],
    ['How many', '0', 'from 1 to 900'],
    ['How many', '1e2', 'from 1 to 900'],
    ['How shall', 'web', 'names two deckies'],
    ['How shall', '{x}{n}', 'placeholder'],
  ])('refuses %s %s', async (question, answer, why) => {
    await expect(talk({[question]: answer})).rejects.toThrow(why)
  })

  it('refuses that there be none at all', async () => {
    await expect(talk({'What kind': ' each', 'How many of deaddeck': '0'})).rejects.toThrow('from 1 to 900')
  })

  it('ends where it is interrupted', async () => {
    const interrupted = new DecnetError('INTERRUPTED', 'interrupted')
    const asker: Asker = {text: () => Promise.reject(interrupted), confirm: async () => true}
    expect(await rejectionOf(interview({}, MACHINE, CATALOG, asker))).toBe(interrupted)
  })
})
