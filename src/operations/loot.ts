/** What intruders brought: credentials, and what they left behind. */
import {captureContent, findCaptures, type StoredCapture} from '../events/captures.ts'
import {type CredentialQuery, findCredentials, type UsedCredential} from '../events/credentials.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Deps} from './deps.ts'
import {withEvidence} from './evidence.ts'

export type {StoredCapture} from '../events/captures.ts'
export type {UsedCredential} from '../events/credentials.ts'

export function credentialsOf(deps: Deps, query: CredentialQuery, options?: {everyHash: boolean}): UsedCredential[] {
  return withEvidence(deps, (store) => findCredentials(store, query, options))
}

export function capturesOf(deps: Deps, since?: string): StoredCapture[] {
  return withEvidence(deps, (store) => findCaptures(store, since))
}

/** `hash` may be the beginning of one. Throws DecnetError where it names none or several, or where nothing is kept. */
export function captureOf(deps: Deps, hash: string): {readonly capture: StoredCapture; readonly content: Buffer} {
  return withEvidence(deps, (store) => {
    const [capture, another] = findCaptures(store).filter(({sha256}) => sha256.startsWith(hash.toLowerCase()))
    if (capture === undefined || another !== undefined) {
      const how = capture === undefined ? 'no capture begins' : 'more than one capture begins'
      throw new DecnetError('USAGE', `${how} with ${JSON.stringify(hash)}`, {hint: '`decnet captures` shows them'})
    }
    const content = captureContent(store, capture.sha256)
    if (content === null) {
      throw new DecnetError('USAGE', `nothing of ${capture.sha256} is kept`, {
        hint: 'its size and hash are all there is',
      })
    }
    return {capture, content}
  })
}
