import type {Catalog} from '../fleet/catalog.ts'
import {type Decoded, withoutUndefined} from '../fleet/decoded.ts'
import {DecnetError} from '../fleet/errors.ts'
import {parseSubnet, type Subnet} from '../fleet/ipv4.ts'
import {decodeDomain, decodeInterface} from '../fleet/values.ts'
import {DEFAULT_DECKIES, MAX_DECKIES} from '../operations/init/deckies.ts'
import type {InitInput} from '../operations/init/input.ts'
import {DEFAULT_PATTERN, deckyNames} from '../operations/init/name-pattern.ts'
import {
  decodeExclude,
  decodeGateway,
  decodeNet,
  engineOf,
  gatewayOf,
  lanInterfaces,
  type MachineFacts,
  proposeNetwork,
  statedEngine,
} from '../operations/init/network.ts'
import {kindsOf} from '../operations/init/wishes.ts'
import type {Asker, Question} from './prompts.ts'

/** What questions are made of: this machine, the catalogue, and the answers so far. */
interface Situation {
  readonly machine: MachineFacts
  readonly catalog: Catalog
  readonly input: InitInput
  /** The answer to what kind of machines is wanted. */
  readonly kind: string
}

/** One question of the interview. */
interface Step {
  /** Whether the answer is still missing. */
  applies(situation: Situation): boolean
  question(situation: Situation): Extract<Question, {kind: 'select' | 'input'}>
  take(situation: Situation, answer: string): Partial<Pick<Situation, 'input' | 'kind'>>
}

const MIX = ' mix'
const EACH = ' each'

/** Asks for what the flags left open, each question with a proposal. Returns what flags could have said. */
export async function interview(
  flags: InitInput,
  machine: MachineFacts,
  catalog: Catalog,
  asker: Asker,
): Promise<InitInput> {
  let situation: Situation = {machine, catalog, input: flags, kind: ''}
  for (const step of stepsOf(catalog)) {
    if (!step.applies(situation)) continue
    const answer = await asker.text(step.question(situation))
    situation = {...situation, ...step.take(situation, answer)}
  }
  return situation.input
}

function stepsOf(catalog: Catalog): readonly Step[] {
  const names = [...catalog.archetypes.keys()]
  return [ENGINE, INTERFACE, NET, GATEWAY, EXCLUDE, DOMAIN, KIND, COUNT, ...names.map(countStep), NAMES]
}

const isLan = ({input, machine}: Situation) => engineOf(input, machine.dockerFound) === 'docker'
const proposal = ({input, machine}: Situation) =>
  proposeNetwork(engineOf(input, machine.dockerFound), input.interface, machine.network)

/** The situation with more of the input known; an empty answer says nothing. */
function learn({input}: Situation, more: Partial<InitInput>): {input: InitInput} {
  const said = Object.entries(more).filter(([, value]) => value !== '')
  return {input: {...input, ...Object.fromEntries(said)}}
}

const ENGINE: Step = {
  applies: ({input}) => statedEngine(input) === undefined,
  question: ({machine}) => ({
    kind: 'select',
    message: 'Where shall the deckies run?',
    choices: [
      {value: 'docker', name: 'docker', description: `In containers on the LAN. ${dockerRemark(machine)}`},
      {value: 'embedded', name: 'embedded', description: 'In one process on loopback addresses: to try it out.'},
    ],
    proposed: machine.dockerFound ? 'docker' : 'embedded',
  }),
  take: (situation, answer) => learn(situation, {engine: answer === 'embedded' ? 'embedded' : 'docker'}),
}

function dockerRemark({dockerFound}: MachineFacts): string {
  return dockerFound ? 'There is a Docker Engine here.' : 'No Docker Engine was found here.'
}

const INTERFACE: Step = {
  applies: (situation) => situation.input.interface === undefined && isLan(situation),
  question: (situation) => {
    const found = lanInterfaces(situation.machine.network).filter(({name}) => decodeInterface(name).ok)
    const proposed = proposal(situation).interface ?? found[0]?.name ?? ''
    const message = 'Which interface is the LAN behind?'
    if (found.length === 0) return {kind: 'input', message, proposed, problem: orEmpty(decodeInterface)}
    const choices = found.map(({name, address, subnet}) => ({value: name, name: `${name}  ${address}  ${subnet}`}))
    return {kind: 'select', message, choices, proposed}
  },
  take: (situation, answer) => learn(situation, {interface: answer}),
}

const NET: Step = {
  applies: ({input}) => input.net === undefined,
  question: (situation) => ({
    kind: 'input',
    message: isLan(situation) ? 'What is the subnet of the LAN?' : 'Which loopback subnet shall they have?',
    proposed: proposal(situation).net?.cidr ?? '',
    problem: orEmpty((text) => decodeNet(text, engineOf(situation.input, situation.machine.dockerFound))),
  }),
  take: (situation, answer) => learn(situation, {net: answer}),
}

const GATEWAY: Step = {
  applies: (situation) => situation.input.gateway === undefined && isLan(situation) && netOf(situation) !== undefined,
  question: (situation) => {
    const net = netOf(situation)
    const own = proposal(situation).gateway ?? null
    const proposed = net === undefined ? '' : gatewayOf(net, own)
    return {
      kind: 'input',
      message: 'What is its gateway?',
      proposed,
      problem: orEmpty((text) => decodeGateway(text, net)),
    }
  },
  take: (situation, answer) => learn(situation, {gateway: answer}),
}

function netOf({input}: Situation): Subnet | undefined {
  const net = parseSubnet(input.net ?? '')
  return net.ok ? net.subnet : undefined
}

const EXCLUDE: Step = {
  applies: (situation) => situation.input.exclude === undefined && isLan(situation),
  question: (situation) => ({
    kind: 'input',
    message: 'Which addresses are taken, e.g. by DHCP? (A-B, C or empty)',
    proposed: '',
    problem: orEmpty((text) => refusalOf(() => decodeExclude(text, netOf(situation)))),
  }),
  take: (situation, answer) => learn(situation, {exclude: answer}),
}

const DOMAIN: Step = {
  applies: ({input}) => input.domain === undefined,
  question: () => ({
    kind: 'input',
    message: 'Which DNS domain do they belong to? (empty: none)',
    proposed: '',
    problem: orEmpty(decodeDomain),
  }),
  take: (situation, answer) => learn(situation, {domain: answer}),
}

const KIND: Step = {
  applies: ({input}) => (input.archetypes ?? []).length === 0 && input.services === undefined && !input.randomServices,
  question: ({catalog}) => ({
    kind: 'select',
    message: 'What kind of machines?',
    choices: [
      {value: MIX, name: 'an office mix', description: 'Some of each kind that an office has.'},
      ...[...catalog.archetypes.values()].map(({name, summary}) => ({value: name, name, description: `${summary}.`})),
      {value: EACH, name: 'so many of each …', description: 'Asks for the number of every kind.'},
    ],
    proposed: MIX,
  }),
  take: (situation, answer) => ({
    kind: answer,
    ...learn(situation, answer === MIX || answer === EACH ? {} : {archetypes: [answer]}),
  }),
}

const COUNT: Step = {
  applies: ({input, kind}) => input.deckies === undefined && kind !== EACH && !hasCounts(input),
  question: () => ({
    kind: 'input',
    message: 'How many deckies?',
    proposed: String(DEFAULT_DECKIES),
    problem: (answer) => countProblem(answer, 1, MAX_DECKIES),
  }),
  take: (situation, answer) => learn(situation, {deckies: Number(answer)}),
}

function hasCounts({archetypes = []}: InitInput): boolean {
  return archetypes.some((text) => text.includes('='))
}

function countStep(name: string, index: number, names: readonly string[]): Step {
  const last = index === names.length - 1
  return {
    applies: ({kind}) => kind === EACH,
    question: ({input}) => ({
      kind: 'input',
      message: `How many of ${name}?`,
      proposed: last && (input.archetypes ?? []).length === 0 ? '1' : '0',
      problem: (answer) => {
        const none = last && (input.archetypes ?? []).length === 0
        return countProblem(answer, none ? 1 : 0, MAX_DECKIES) ?? kindsProblem(input, name, answer, names)
      },
    }),
    take: (situation, answer) => {
      if (Number(answer) === 0) return {}
      const {archetypes = []} = situation.input
      return learn(situation, {archetypes: [...archetypes, `${name}=${answer}`], deckies: undefined})
    },
  }
}

/** Whether all together are too many. */
function kindsProblem(input: InitInput, name: string, answer: string, names: readonly string[]): string | undefined {
  const archetypes = [...(input.archetypes ?? []), `${name}=${answer}`]
  const sum = archetypes.reduce((total, text) => total + Number(text.split('=')[1] ?? 0), 0)
  return sum > MAX_DECKIES ? `${sum} of ${names.length} kinds are too many; at most ${MAX_DECKIES}` : undefined
}

function countProblem(answer: string, least: number, most: number): string | undefined {
  const count = /^\d{1,6}$/.test(answer) ? Number(answer) : Number.NaN
  return count >= least && count <= most ? undefined : `Write a whole number from ${least} to ${most}.`
}

const NAMES: Step = {
  applies: ({input}) => input.namePattern === undefined,
  question: ({input, catalog}) => ({
    kind: 'input',
    message: 'How shall they be called? ({nn}: a number)',
    proposed: DEFAULT_PATTERN,
    problem: (answer) => {
      const kinds = () => kindsOf(input, catalog).flatMap(({archetype, count}) => Array(count).fill(archetype))
      const decoded = refusalOf(() => deckyNames(kinds(), answer))
      return decoded.ok ? undefined : said(decoded)
    },
  }),
  take: (situation, answer) => learn(situation, {namePattern: answer}),
}

/** The reason of a decoder as the prompt shows it; an empty answer leaves the thing open. */
function orEmpty(decode: (text: string) => Decoded<unknown>): (answer: string) => string | undefined {
  return (answer) => {
    const decoded = answer === '' ? undefined : decode(answer)
    return decoded?.ok === false ? said(decoded) : undefined
  }
}

function said({summary, hint}: {readonly summary: string; readonly hint?: string | undefined}): string {
  return hint === undefined ? summary : `${summary}; ${hint}`
}

type Tried = {readonly ok: true; readonly value: unknown} | (Decoded<unknown> & {readonly ok: false})

/** What an action refuses with USAGE, as a decoder says it. */
function refusalOf(action: () => unknown): Tried {
  try {
    return {ok: true, value: action()}
  } catch (error) {
    if (!(error instanceof DecnetError)) throw error
    return {ok: false, code: 'bad-range', offset: 0, summary: error.message, ...withoutUndefined({hint: error.hint})}
  }
}
