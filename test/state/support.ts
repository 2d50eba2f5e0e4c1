/** What the tests of the state share: directories that go away, fleets of any size, children that can be killed. */
import {type ChildProcess, spawn} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {onTestFinished} from 'vitest'

import {DecnetError, type ErrorCode} from '../../src/fleet/errors.ts'

export {AT, aCommit, aDecky, aFleet} from './fleets.ts'

/** An empty directory (mode 0700) that is removed after the test. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-state-'))
  onTestFinished(() => rmSync(dir, {recursive: true, force: true}))
  return dir
}

/** The DecnetError that `action` throws. */
export function refusalOf(action: () => unknown): DecnetError {
  try {
    action()
  } catch (error) {
    if (error instanceof DecnetError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

export function codeOf(action: () => unknown): ErrorCode {
  return refusalOf(action).code
}

/** SHA-256 of every file below a directory, by name. */
export function fingerprints(dir: string): Record<string, string> {
  const names = readdirSync(dir, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile())
  return Object.fromEntries(
    names
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  )
}

/** A child process that runs one of `children/*.ts` and speaks in lines. */
export class Child {
  readonly process: ChildProcess
  readonly lines: string[] = []
  readonly ended: Promise<NodeJS.Signals | number | null>
  #waiting: (() => void)[] = []

  constructor(name: string, args: readonly string[], wrapper: readonly string[] = []) {
    const script = fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))
    const [command = process.execPath, ...rest] = [...wrapper, process.execPath, script, ...args]
    this.process = spawn(command, rest, {stdio: ['pipe', 'pipe', 'inherit']})
    this.ended = new Promise((resolve, reject) => {
      this.process.on('error', reject)
      this.process.on('close', (code, signal) => {
        resolve(signal ?? code)
        this.#wake()
      })
    })
    const {stdout, stdin} = this.process
    if (stdout === null || stdin === null) throw new Error('a child without pipes')
    // A killed child may leave a command unread.
    stdin.on('error', () => {})
    createInterface(stdout).on('line', (line) => {
      this.lines.push(line)
      this.#wake()
    })
    onTestFinished(() => void this.process.kill('SIGKILL'))
  }

  say(line: string): void {
    this.process.stdin?.write(`${line}\n`)
  }

  /** The line of this number (from 0), once it has been said. */
  async line(number: number): Promise<string> {
    for (;;) {
      const line = this.lines[number]
      if (line !== undefined) return line
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        throw new Error(`the child ended after ${this.lines.length} lines`)
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
