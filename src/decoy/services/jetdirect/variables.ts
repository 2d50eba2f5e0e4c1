/** The printer's environment: what INFO VARIABLES lists, INQUIRE tells and SET changes. */
import type {Printer} from '../../persona/printer.ts'

interface Variable {
  readonly name: string
  readonly value: string
  /** Least and most of a number, or the words it takes. */
  readonly range?: readonly [number, number]
  readonly words?: readonly string[]
  readonly readOnly?: true
}

const SWITCH = ['OFF', 'ON']

export function usualVariables({model}: Printer): readonly Variable[] {
  return [
    {name: 'COPIES', value: '1', range: [1, 32_000]},
    {name: 'PAPER', value: 'A4', words: ['LETTER', 'LEGAL', 'EXECUTIVE', 'A4', 'A5', 'B5', 'COM10', 'DL', 'C5']},
    {name: 'ORIENTATION', value: 'PORTRAIT', words: ['PORTRAIT', 'LANDSCAPE']},
    {name: 'FORMLINES', value: '64', range: [5, 128]},
    {name: 'MANUALFEED', value: 'OFF', words: SWITCH},
    {name: 'RET', value: 'MEDIUM', words: ['OFF', 'LIGHT', 'MEDIUM', 'DARK']},
    {name: 'PAGEPROTECT', value: 'AUTO', words: ['OFF', 'ON', 'AUTO']},
    {name: 'RESOLUTION', value: '1200', words: ['600', '1200']},
    {name: 'PERSONALITY', value: 'AUTO', words: ['AUTO', 'PCL', 'POSTSCRIPT', 'PDF']},
    {name: 'TIMEOUT', value: '15', range: [5, 300]},
    {name: 'MPTRAY', value: 'CASSETTE', words: ['MANUAL', 'CASSETTE', 'FIRST']},
    {name: 'INTRAY1', value: 'UNLOCKED', words: ['UNLOCKED', 'LOCKED']},
    {name: 'INTRAY2', value: 'UNLOCKED', words: ['UNLOCKED', 'LOCKED']},
    {name: 'CLEARABLEWARNINGS', value: 'JOB', words: ['ON', 'JOB']},
    {name: 'AUTOCONT', value: 'ON', words: SWITCH},
    {name: 'DENSITY', value: '3', range: [1, 5]},
    {name: 'LOWTONER', value: 'CONTINUE', words: ['CONTINUE', 'STOP']},
    {name: 'JAMRECOVERY', value: 'AUTO', words: ['OFF', 'ON', 'AUTO']},
    {name: 'HOLD', value: 'OFF', words: ['OFF', 'ON', 'STORE', 'PROOF']},
    {name: 'DUPLEX', value: 'ON', words: SWITCH},
    {name: 'BINDING', value: 'LONGEDGE', words: ['LONGEDGE', 'SHORTEDGE']},
    {name: 'ECONOMODE', value: 'OFF', words: SWITCH},
    ...(model.color ? [{name: 'RENDERMODE', value: 'COLOR', words: ['COLOR', 'GRAYSCALE']}] : []),
    {name: 'POWERSAVE', value: 'ON', words: SWITCH},
    {name: 'POWERSAVETIME', value: '15', range: [1, 120]},
    {name: 'LANG', value: 'ENGLISH', words: ['ENGLISH', 'DANISH', 'DUTCH', 'FRENCH', 'GERMAN', 'ITALIAN', 'SPANISH']},
    {name: 'CPLOCK', value: 'NONE', words: ['NONE', 'MINIMUM', 'MODERATE', 'MAXIMUM']},
    {name: 'DISKLOCK', value: 'OFF', words: SWITCH},
    {name: 'PASSWORD', value: 'DISABLED', range: [0, 65_535], readOnly: true},
  ]
}

export class Environment {
  readonly #variables: readonly Variable[]
  readonly #changed = new Map<string, string>()
  readonly #below: Environment | null

  /** @param below where what was not changed comes from. */
  constructor(variables: readonly Variable[], below: Environment | null = null) {
    this.#variables = variables
    this.#below = below
  }

  /** One of a job, which is forgotten with it. */
  ofJob(): Environment {
    return new Environment(this.#variables, this)
  }

  /** Null: there is none of that name. */
  get(name: string): string | null {
    const variable = this.#find(name)
    if (variable === undefined) return null
    return this.#changed.get(variable.name) ?? this.#below?.get(name) ?? variable.value
  }

  /** What the variable does not take is ignored, as printers do. */
  set(name: string, value: string): void {
    const variable = this.#find(name)
    const upper = value.toUpperCase()
    if (variable !== undefined && takes(variable, upper)) this.#changed.set(variable.name, upper)
  }

  reset(): void {
    this.#changed.clear()
  }

  list(): string[] {
    return this.#variables.flatMap((variable) => {
      const {name, range, words = []} = variable
      const kind = range === undefined ? `${words.length} ENUMERATED` : '2 RANGE'
      const access = variable.readOnly === true ? ' READONLY' : ''
      return [`${name}=${this.get(name)} [${kind}${access}]`, ...(range ?? words).map((each) => `\t${each}`)]
    })
  }

  #find(name: string): Variable | undefined {
    return this.#variables.find((variable) => variable.name === name.toUpperCase())
  }
}

function takes({range, words, readOnly}: Variable, value: string): boolean {
  if (readOnly === true) return false
  if (range === undefined) return words?.includes(value) === true
  return /^\d{1,6}$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1]
}
