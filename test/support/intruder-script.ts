/** Scripts of ours that run as the intruder: a job as JSON on standard input, a result as JSON on standard output. */
import {join} from 'node:path'
import {expect} from 'vitest'
import {INTRUDER_INTERFACE} from '../lab/layout.ts'
import type {Lab} from './lab.ts'

/** Gives the intruder further addresses; the lab's end takes them away. */
export async function addAddresses(lab: Lab, addresses: readonly string[]): Promise<void> {
  const batch = addresses.map((ip) => `addr replace ${ip}/32 dev ${INTRUDER_INTERFACE}`).join('\n')
  const added = await lab.intruder('ip', ['-batch', '-'], {input: batch})
  expect(added.code, added.stderr).toBe(0)
}

/** Runs a script of this folder to its end. */
export async function intrude<T>(lab: Lab, script: string, job: unknown, timeoutMs = 60_000): Promise<T> {
  const path = join(import.meta.dirname, script)
  const outcome = await lab.intruder(process.execPath, [path], {input: JSON.stringify(job), timeoutMs})
  expect(outcome.code, `${script}: ${outcome.stderr.slice(-2000)}`).toBe(0)
  return JSON.parse(outcome.stdout)
}
