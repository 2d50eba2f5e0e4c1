import {readFileSync} from 'node:fs'

import {describe, expect, it} from 'vitest'

import {basicGuard, openGuard} from '../../../../src/decoy/services/http/auth/guard.ts'
import {BASIC_CORPUS, CORPUS} from './corpus.ts'
import {drive, openSession} from './drive.ts'
import {fixtureProduct, REALM} from './fixture-site.ts'
import {type Golden, normalise, requestBytes} from './golden.ts'

/** Answered before the real server has read what follows; it lingers to read on, which is the runtime's part here. */
const LINGERING = new Set(['content-length of 2 GB'])

for (const file of ['nginx-1.22.1', 'apache-2.4.71']) {
  const url = new URL(`../../../fixtures/http/${file}.json`, import.meta.url)
  const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden
  const {product, version, port, basicPort, replies} = golden

  describe(`${file} as recorded`, () => {
    for (const [corpus, realm, listening] of [
      [CORPUS, null, port],
      [BASIC_CORPUS, REALM, basicPort],
    ] as const) {
      it.each(Object.entries(corpus))('%s', (name, entry) => {
        const server = {
          product: fixtureProduct(product, version, listening),
          application: null,
          verify: () => false,
          guard: realm === null ? openGuard : basicGuard(realm, () => false),
        }
        const {reply, closed} = drive(openSession(server), [requestBytes(entry, product)])
        const recorded = replies[name]
        expect(normalise(reply)).toBe(recorded?.reply)
        if (!LINGERING.has(name)) expect(closed).toBe(recorded?.closed)
      })
    }
  })
}
