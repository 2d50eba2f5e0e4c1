import type {ChildProcess} from 'node:child_process'
import {join} from 'node:path'
import {poll} from '../lab/process.ts'
import type {Lab} from './lab.ts'
import type {PeerOptions} from './wrong-peer-main.ts'

/** A peer on the lab's loopback that writes down who speaks to it. */
export class WrongPeer {
  readonly port: number
  readonly #child: ChildProcess
  readonly #lines: readonly string[]

  private constructor(port: number, child: ChildProcess, lines: readonly string[]) {
    this.port = port
    this.#child = child
    this.#lines = lines
  }

  static async start(lab: Lab, options: PeerOptions = {}): Promise<WrongPeer> {
    const main = join(import.meta.dirname, 'wrong-peer-main.ts')
    const child = lab.spawn(process.execPath, [main, JSON.stringify(options)], {stdio: ['ignore', 'pipe', 'inherit']})
    const lines: string[] = []
    child.stdout?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
    const port = await poll('the peer listens', () => portIn(lines), {timeoutMs: 10_000})
    return new WrongPeer(port, child, lines)
  }

  get connections(): number {
    return this.#lines.filter((line) => line === 'connection').length
  }

  /** `request GET /version` … */
  get requests(): string[] {
    return this.#lines.filter((line) => line.startsWith('request '))
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve))
    this.#child.kill('SIGKILL')
    await ended
  }
}

function portIn(lines: readonly string[]): number | undefined {
  const line = lines.find((text) => text.startsWith('listening '))
  return line === undefined ? undefined : Number(line.split(' ')[1])
}
