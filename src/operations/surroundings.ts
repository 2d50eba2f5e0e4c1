import {execFile} from 'node:child_process'
import {statfsSync} from 'node:fs'

import type {EngineFacts} from '../engines/engine.ts'
import {type Host, openHost} from '../network/host.ts'
import {solicit} from '../network/solicit.ts'

/** What a program printed, on both streams, and how it ended. */
export interface ProgramOutcome {
  readonly code: number
  readonly output: string
}

/** This machine and its engine, as far as they are looked at before anything is done to them. */
export interface Surroundings {
  readonly host: Host
  /** Without the `v`. */
  readonly nodeVersion: string
  /** Undefined where the platform has no user ids. */
  readonly uid: number | undefined
  /** Whether the Docker Engine puts deckies on this machine's own interfaces. */
  readonly engineIsLocal: boolean
  /** Rejects where the Docker Engine cannot be asked. */
  engineFacts(signal: AbortSignal): Promise<EngineFacts>
  /** Runs a program without a shell. Null: there is none, or it was stopped. */
  run(program: string, args: readonly string[], signal: AbortSignal): Promise<ProgramOutcome | null>
  /** Makes the kernel look for who has these addresses; the answers are in `/proc/net/arp`. */
  solicit(addresses: readonly string[], signal: AbortSignal): Promise<void>
  /** Bytes that are free where the path lies; null: it cannot be told. */
  freeSpace(path: string): number | null
}

/** All of it but the engine. */
export function thisMachine(): Omit<Surroundings, 'engineIsLocal' | 'engineFacts'> {
  return {
    host: openHost(),
    nodeVersion: process.versions.node,
    uid: process.getuid?.(),
    run: runProgram,
    solicit,
    freeSpace,
  }
}

/** Ordinary users often have no `sbin` on their PATH, where Debian puts some of what is run. */
const FURTHER_PATHS = '/usr/local/sbin:/usr/sbin:/sbin'
const OUTPUT_LIMIT = 64 * 1024
const LONGEST_MS = 5000

function runProgram(program: string, args: readonly string[], signal: AbortSignal): Promise<ProgramOutcome | null> {
  const env = {...process.env, LC_ALL: 'C', PATH: `${process.env.PATH ?? ''}:${FURTHER_PATHS}`}
  const options = {env, signal, maxBuffer: OUTPUT_LIMIT, timeout: LONGEST_MS}
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      const output = `${stdout}\n${stderr}`
      if (error === null) resolve({code: 0, output})
      else resolve(typeof error.code === 'number' ? {code: error.code, output} : null)
    })
  })
}

function freeSpace(path: string): number | null {
  try {
    const {bavail, bsize} = statfsSync(path)
    return bavail * bsize
  } catch {
    return null
  }
}
