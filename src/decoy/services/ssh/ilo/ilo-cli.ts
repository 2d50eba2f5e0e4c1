/** A small part of the command line of iLO 5 (DMTF DSP0214, SMASH CLP): it tells, and does nothing that it is told. */
import type {IloDevice} from '../../../persona/ilo.ts'
import {commandEvent} from '../../../shell/evidence.ts'
import {Interrupted} from '../../../shell/io.ts'
import type {Console} from '../../telnet/login.ts'

export interface IloFacts {
  readonly device: IloDevice
  /** Of the processor itself. */
  readonly hostname: string
  readonly ip: string
  readonly domain: string
}

type Answer = readonly string[] | null

/** Targets, with what is below them and what is known of them. */
type Target = {readonly below: readonly string[]; readonly properties: (facts: IloFacts) => readonly string[]}

const VERBS = 'cd version exit show'
const TARGETS: Readonly<Record<string, Target>> = {
  '/': {below: ['system1', 'map1'], properties: () => []},
  '/system1': {
    below: ['firmware1', 'log1', 'led1', 'cpu1', 'memory1'],
    properties: ({device}) => [
      `name=${device.model}`,
      `number=${device.serial}`,
      'oemhp_server_name=',
      'enabledstate=enabled',
      'processor_number=2',
    ],
  },
  '/system1/firmware1': {below: [], properties: () => ['version=U32', 'date=02/02/2023']},
  '/map1': {
    below: ['firmware1', 'accounts1', 'log1', 'enetport1', 'dnsserver1', 'settings1'],
    properties: ({device}) => ['name=iLO 5', `license=${device.serial.slice(0, 3)}XX-XXXXX-XXXXX-XXXXX-XXXXX`],
  },
  '/map1/firmware1': {
    below: [],
    properties: ({device}) => [`version=${device.version}`, `date=${device.built}`, 'name=iLO 5'],
  },
  '/map1/accounts1': {below: ['Administrator'], properties: () => []},
}

export class IloCli {
  readonly #console: Console
  readonly #facts: IloFacts
  readonly #user: string
  #at = '/'
  #over = false

  constructor(console: Console, facts: IloFacts, user: string) {
    this.#console = console
    this.#facts = facts
    this.#user = user
  }

  async run(): Promise<void> {
    const {limits} = this.#console.connection
    this.#say(this.#greeting())
    for (let count = 0; !this.#over && count < limits.commands; count++) {
      await this.#console.drained()
      const line = await this.#line()
      if (line === null) return
      if (line.trim() !== '') this.#execute(line, 'shell')
    }
  }

  /** One command that came without a terminal. */
  once(line: string): number {
    return this.#execute(line, 'exec')
  }

  #greeting(): readonly string[] {
    const {device, hostname, domain, ip} = this.#facts
    return [
      `User:${this.#user} logged-in to ${hostname}.${domain}(${ip})`,
      '',
      `iLO Advanced ${device.version} at  ${device.built}`,
      'Server Name: ',
      'Server Power: On',
      '',
    ]
  }

  async #line(): Promise<string | null> {
    try {
      return await this.#console.terminal.line({prompt: `</${this.#at.slice(1)}>hpiLO-> `, echo: true})
    } catch (error) {
      if (error instanceof Interrupted) return ''
      throw error
    }
  }

  #execute(line: string, kind: 'shell' | 'exec'): number {
    const {session, connection} = this.#console
    const shown = this.#answer(line.trim().slice(0, connection.limits.line))
    if (!this.#over) this.#say(['', ...this.#status(shown !== null), ...(shown ?? []), ''])
    const exit = shown === null ? 1 : 0
    session.report(commandEvent(line, exit, kind, this.#user, connection.limits.sample))
    return exit
  }

  #say(lines: readonly string[]): void {
    for (const line of lines) this.#console.write(`${line}\r\n`)
  }

  #status(done: boolean): readonly string[] {
    const [day = '', month = '', date = '', time = '', year = ''] = dateWords(this.#console.connection.now())
    const when = `${day} ${month} ${date} ${time} ${year}`
    return done
      ? ['status=0', 'status_tag=COMMAND COMPLETED', when, '', '']
      : ['status=2', 'status_tag=COMMAND PROCESSING FAILED', 'error_tag=COMMAND NOT RECOGNIZED', when, '', '']
  }

  #answer(line: string): Answer {
    const [command = '', ...words] = line.split(/\s+/)
    const target = words.find((word) => !word.startsWith('-')) ?? ''
    switch (command.toLowerCase()) {
      case 'exit':
        this.#over = true
        return []
      case 'help':
        return HELP
      case 'version':
        return ['SM-CLP Version 1.0']
      case 'show':
        return this.#show(this.#resolve(target))
      case 'cd':
        return this.#enter(this.#resolve(target))
      case 'power':
        return target === '' ? ['power: server power is currently: On'] : []
      case 'uid':
        return ['uid: the uid led is currently off']
      case 'reset':
      case 'start':
      case 'stop':
      case 'set':
      case 'create':
      case 'delete':
      case 'load':
      case 'vm':
      case 'nmi':
      case 'onetimeboot':
        return []
      default:
        return null
    }
  }

  #resolve(word: string): string {
    if (word === '' || word === '.') return this.#at
    const whole = word.startsWith('/') ? word : `${this.#at}/${word}`
    const parts: string[] = []
    for (const part of whole.toLowerCase().split('/')) {
      if (part === '..') parts.pop()
      else if (part !== '' && part !== '.') parts.push(part)
    }
    return `/${parts.join('/')}`
  }

  #enter(path: string): Answer {
    if (!Object.hasOwn(TARGETS, path)) return null
    this.#at = path
    return [path]
  }

  #show(path: string): Answer {
    const target = Object.hasOwn(TARGETS, path) ? TARGETS[path] : undefined
    if (target === undefined) return null
    const indented = (lines: readonly string[]): readonly string[] => lines.map((line) => `    ${line}`)
    return [
      path,
      '  Targets',
      ...indented(target.below),
      '  Properties',
      ...indented(target.properties(this.#facts)),
      '  Verbs',
      ...indented([VERBS]),
      '',
    ]
  }
}

const HELP = [
  'DMTF SMASH CLP Commands:',
  '',
  'help     : Used to get context sensitive help.',
  'show     : Used to show values of a property or contents of a collection target.',
  'create   : Used to create new instances in the name space of the MAP.',
  'delete   : Used to remove instances in the name space of the MAP.',
  'load     : Used to move a binary image from an URL to the MAP.',
  'reset    : Used to cause a target to cycle from enabled to disabled and back.',
  'set      : Used to set a property or set of properties to a specific value.',
  'start    : Used to cause a target to change state to a higher run level.',
  'stop     : Used to cause a target to change state to a lower run level.',
  'cd       : Used to set the current default target.',
  'exit     : Used to terminate the CLP session.',
  'version  : Used to query the version of the CLP implementation.',
  '',
  'HPE CLI Commands:',
  '',
  'POWER    : Control server power.',
  'UID      : Control Unit-ID light.',
  'NMI      : Generate an NMI.',
  'VM       : Virtual media commands.',
  'VSP      : Invoke virtual serial port.',
  'TEXTCONS : Invoke Remote Text Console.',
  '',
]

/** `Sat Sep 22 20:20:42 2018`, in words. */
function dateWords(now: number): readonly string[] {
  const [day = '', date = '', month = '', year = '', time = ''] = new Date(now)
    .toUTCString()
    .replace(',', '')
    .split(' ')
  return [day, month, date, time, year]
}
