import {networkInterfaces} from 'node:os'

import {NAME_KINDS, type NameKind} from './kinds.ts'

/** The form of every name that there is: what differs was written by nobody's right hand and must reach no terminal. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}$/
/** A terminal that asks whether to list all of them has been told enough. */
const MOST = 2000

export function isNameKind(text: string): text is NameKind {
  return (NAME_KINDS as readonly string[]).includes(text)
}

/**
 * The names of one kind that there are now, for a shell to choose from. Never fails: a shell that completes has nowhere
 * to show an error.
 */
export async function completionNames(kind: NameKind, stateDir: () => Promise<string>): Promise<readonly string[]> {
  try {
    const names = await namesOf(kind, stateDir)
    return names.filter((name) => PLAIN.test(name)).slice(0, MOST)
  } catch {
    return []
  }
}

async function namesOf(kind: NameKind, stateDir: () => Promise<string>): Promise<readonly string[]> {
  if (kind === 'deckies') return await deckyNames(await stateDir())
  if (kind === 'settings') return Object.keys((await import('../../state/settings.ts')).SETTINGS)
  if (kind === 'interfaces') return Object.keys(networkInterfaces())
  const {CATALOG} = await import('../../catalog/index.ts')
  switch (kind) {
    case 'services':
      return [...CATALOG.services.keys()]
    case 'archetypes':
      return [...CATALOG.archetypes.keys()]
    case 'distros':
      return [...CATALOG.distros.keys()]
    case 'systems':
      return [...CATALOG.osProfiles.keys()]
    default:
      return kind satisfies never
  }
}

/** Opens the state itself and makes no dependencies: all that an operation needs takes several times as long to load. */
async function deckyNames(stateDir: string): Promise<readonly string[]> {
  const {Store} = await import('../../state/store.ts')
  const store = Store.open(stateDir, {mode: 'read'})
  try {
    return store?.fleet()?.fleet.deckies.map(({name}) => name) ?? []
  } finally {
    store?.close()
  }
}
