/** Runs a real client to its end. */
import {spawn} from 'node:child_process'

export interface ToolOutcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ToolOptions {
  readonly input?: string | Buffer
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Output is read as Latin-1. Rejects when the program cannot be started. */
export function runTool(program: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolOutcome> {
  const {input = '', env = {}, timeoutMs = 20_000} = options
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      timeout: timeoutMs,
      env: {PATH: process.env.PATH ?? '', HOME: '/nonexistent', LANG: 'C', TERM: 'vt100', ...env},
    })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => {
      const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('latin1')
      resolve({code, stdout: text(stdout), stderr: text(stderr)})
    })
    // A client that ends early does not read all of its input.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
