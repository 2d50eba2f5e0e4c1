/** Stores of evidence for tests, and events to fill them with. */
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {onTestFinished} from 'vitest'

import type {EvidenceEvent} from '../../src/events/event.ts'
import {EvidenceStore} from '../../src/events/evidence-store.ts'

/** A store that is gone when the test is over. */
export function openedStore(): EvidenceStore {
  const dir = mkdtempSync(join(tmpdir(), 'decnet-evidence-'))
  const store = EvidenceStore.open(dir)
  onTestFinished(() => {
    store.close()
    rmSync(dir, {recursive: true, force: true})
  })
  return store
}

/** Events of one boot, a second apart, from `192.0.2.7` where nothing else is said. */
export class EventMaker {
  #seq = 0

  make(changes: Partial<EvidenceEvent> = {}): EvidenceEvent {
    this.#seq += 1
    return {
      v: 1,
      id: `b.${this.#seq}`,
      ts: new Date(Date.parse('2026-03-01T12:00:00Z') + (this.#seq - 1) * 1000).toISOString(),
      boot: 'b',
      seq: this.#seq,
      decky: 'web-01',
      service: 'ssh',
      event: 'session.start',
      src: {ip: '192.0.2.7', port: 40_000},
      ...changes,
    }
  }

  put(store: EvidenceStore, ...changes: Partial<EvidenceEvent>[]): void {
    store.store(changes.map((each) => JSON.stringify(this.make(each))))
  }
}
