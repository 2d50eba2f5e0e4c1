/** Redirections (XCU 2.7): where the streams of a command lead. */
import {absolutePath} from '../files/paths.ts'
import {Collector, NOWHERE, type Output, type Streams, TextInput} from './io.ts'
import {OUTPUT_LIMIT, type Shell} from './shell.ts'
import type {Redirect} from './syntax.ts'

/** The streams of one command after its redirections. */
export class Wiring {
  streams: Streams
  readonly #shell: Shell
  readonly #files: {readonly path: string; readonly append: boolean; readonly collector: Collector}[] = []

  constructor(shell: Shell, streams: Streams) {
    this.#shell = shell
    this.streams = streams
  }

  apply({fd, operator}: Redirect, target: string): void {
    if (operator === '<<' || operator === '<<<') {
      this.streams = {...this.streams, stdin: new TextInput(operator === '<<<' ? `${target}\n` : target)}
    } else if (operator === '<') {
      this.streams = {...this.streams, stdin: new TextInput(readForShell(this.#shell, target))}
    } else if (operator === '>&') {
      if (target === '1') this.streams = {...this.streams, stderr: this.streams.stdout}
      else if (target === '2') this.streams = {...this.streams, stdout: this.streams.stderr}
    } else {
      const output = this.#open(target, operator === '>>')
      this.streams = fd === 2 ? {...this.streams, stderr: output} : {...this.streams, stdout: output}
    }
  }

  /** Writes what the files got. */
  flush(): void {
    const {machine, account, host} = this.#shell
    for (const {path, append, collector} of this.#files) {
      const data = Buffer.from(collector.text, 'latin1')
      if (data.length > 0) machine.files.write(path, data, account, {append})
      if (data.length > 0) host.fileWritten(path, data)
    }
  }

  #open(target: string, append: boolean): Output {
    if (target === '/dev/null') return NOWHERE
    const {machine, account, cwd} = this.#shell
    const path = absolutePath(cwd, target)
    // Opened before the command runs: it truncates or creates the file even if nothing is written.
    machine.files.write(path, Buffer.alloc(0), account, {append})
    const collector = new Collector(OUTPUT_LIMIT)
    this.#files.push({path, append, collector})
    return collector
  }
}

function readForShell(shell: Shell, target: string): string {
  const path = absolutePath(shell.cwd, target)
  const file = shell.machine.files.readable(path, shell.account)
  if (file.bait) shell.host.fileRead(path)
  return shell.machine.files.read(path, shell.account).toString('latin1')
}
