/** What all listeners of one decky share. */
import {randomBytes} from 'node:crypto'

import {Admission} from './admission.ts'
import type {Evidence} from './evidence.ts'
import type {Limits} from './limits.ts'
import {neighboursOf, ProvenSources} from './proven-sources.ts'

export interface DeckyScope {
  readonly name: string
  readonly bind: string
  readonly limits: Limits
  readonly evidence: Evidence
  readonly admission: Admission
  readonly proven: ProvenSources
  readonly now: () => number
  readonly random: (size: number) => Buffer
}

export function deckyScope(
  name: string,
  bind: string,
  limits: Limits,
  evidence: Evidence,
  admission: Admission = new Admission(limits),
): DeckyScope {
  const proven = new ProvenSources(neighboursOf(bind))
  return {name, bind, limits, evidence, admission, proven, now: Date.now, random: randomBytes}
}
