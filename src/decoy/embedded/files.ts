/** Small files that are whole or not there, and the deckies written down in them: one file a decky. */
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'

import {type DeckyRecord, FILES, PROTOCOL_VERSION, type ProcessRecord} from './protocol.ts'

const PRIVATE = 0o600
const SUFFIX = '.json'

/** A reader sees the old content or the new one. Not made durable: after a power loss nothing runs anyway. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`
  rmSync(draft, {force: true})
  writeFileSync(draft, text, {mode: PRIVATE, flag: 'wx'})
  renameSync(draft, path)
}

/** Null where the file is missing, or is no JSON of this version. */
export function readJson<T extends {readonly v: number}>(path: string): T | null {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as T | null
    return value?.v === PROTOCOL_VERSION ? value : null
  } catch {
    return null
  }
}

export function readProcess(directory: string): ProcessRecord | null {
  return readJson<ProcessRecord>(join(directory, FILES.process))
}

/** One file a decky, so that adding one to many costs the same as adding the first. */
export function saveDecky(directory: string, record: DeckyRecord): void {
  const folder = join(directory, FILES.deckies)
  mkdirSync(folder, {recursive: true, mode: 0o700})
  replaceFile(deckyFile(directory, record.manifest.name), `${JSON.stringify(record)}\n`)
}

export function deleteDecky(directory: string, name: string): void {
  rmSync(deckyFile(directory, name), {force: true})
}

/** Every decky written down, by name. What is damaged is left out: its decky is then missing, and made anew. */
export function readDeckies(directory: string): DeckyRecord[] {
  let names: string[]
  try {
    names = readdirSync(join(directory, FILES.deckies))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .toSorted()
    .flatMap((name) => readJson<DeckyRecord>(join(directory, FILES.deckies, name)) ?? [])
}

/** Names are letters, digits, `-`, `_` and `.`; encoding keeps whatever else arrives inside the folder. */
function deckyFile(directory: string, name: string): string {
  return join(directory, FILES.deckies, `${encodeURIComponent(name)}${SUFFIX}`)
}
