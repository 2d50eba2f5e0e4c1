/** A shell without a network around it. */
import type {PersonaFacts} from '../../../src/decoy/persona.ts'
import {Interpreter} from '../../../src/decoy/shell/interpreter.ts'
import {Collector, TextInput} from '../../../src/decoy/shell/io.ts'
import {createMachine, type Machine} from '../../../src/decoy/shell/machine.ts'
import {programsOf} from '../../../src/decoy/shell/programs/index.ts'
import {Shell} from '../../../src/decoy/shell/shell.ts'
import {personaWith} from '../services/ssh/ssh-world.ts'

export const NOW = Date.parse('2026-03-04T05:06:07Z')

export interface ShellWorld {
  readonly machine: Machine
  readonly shell: Shell
  readonly reads: string[]
  readonly writes: {readonly path: string; readonly text: string}[]
  readonly requests: Readonly<Record<string, unknown>>[]
  /** Runs one text; `out` holds output and errors in their order. */
  run(text: string, input?: string): Promise<{readonly out: string; readonly status: number}>
}

export function shellWorld(user = 'root', facts: Partial<PersonaFacts> = {}, commands = 10_000): ShellWorld {
  const machine = createMachine(personaWith(facts), ['root', 'deploy'], () => NOW)
  const reads: string[] = []
  const writes: {path: string; text: string}[] = []
  const requests: Readonly<Record<string, unknown>>[] = []
  const account = machine.accounts.find(({name}) => name === user)
  if (account === undefined) throw new RangeError(`no account ${user}`)
  const shell = new Shell(
    {
      machine,
      peer: {ip: '10.9.8.7', port: 50_000},
      local: {ip: machine.persona.facts.ip, port: 22},
      terminal: null,
      loginAt: NOW,
      signal: new AbortController().signal,
      fileRead: (path) => reads.push(path),
      fileWritten: (path, data) => writes.push({path, text: data.toString('latin1')}),
      requested: (what) => requests.push(what),
      budget: {commands},
    },
    account,
    {name: 'bash', interactive: false},
  )
  // Waiting is not what these tests are about.
  shell.sleep = () => Promise.resolve()
  const interpreter = new Interpreter(programsOf(machine.profile))
  return {
    machine,
    shell,
    reads,
    writes,
    requests,
    run: async (text, input = '') => {
      const output = new Collector(2 ** 20)
      const status = await interpreter.run(shell, text, {stdin: new TextInput(input), stdout: output, stderr: output})
      return {out: output.text, status}
    },
  }
}
