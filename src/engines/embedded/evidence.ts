/** Takes evidence out of the files of the process into the store. */
import {join} from 'node:path'

import {type EvidenceCursor, readEvidence} from '../../decoy/embedded/evidence-files.ts'
import {readJson, replaceFile} from '../../decoy/embedded/files.ts'
import {FILES, PROTOCOL_VERSION} from '../../decoy/embedded/protocol.ts'
import type {EvidenceSink} from '../engine.ts'

/** Up to where the store has everything: removing one of many deckies must not read the evidence of all of them again. */
export const DRAINED_FILE = 'drained.json'

type DrainedRecord = EvidenceCursor & {readonly v: number}

/**
 * Moves every line written so far into the store, of all deckies: they share the files. Rejects where the store cannot
 * write; what was read by then is read again, which is harmless.
 */
export function drainEvidence(directory: string, sink: EvidenceSink): void {
  const path = join(directory, DRAINED_FILE)
  for (const {lines, cursor} of readEvidence(join(directory, FILES.evidence), readJson<DrainedRecord>(path))) {
    if (lines.length > 0) sink.store(lines)
    replaceFile(path, JSON.stringify({...cursor, v: PROTOCOL_VERSION}))
  }
}
