import {existsSync} from 'node:fs'
import {readdir, readFile, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {DockerBinaries} from './docker-binaries.ts'
import {isLabName, LAB_DIRECTORY_PREFIX, LAB_PARENT, type LabLayout, layoutOf} from './layout.ts'
import {isSameProcess, type ProcessMark} from './processes.ts'
import {isOwn, sweep} from './sweep.ts'

/** What a later process needs to know about a lab. */
export interface LabRecord {
  readonly subnet: string
  readonly binaries: DockerBinaries
  /** The process that a test's lab belongs to; a lab of the command line has none and stays until `down`. */
  readonly owner?: ProcessMark
}

export async function writeRecord(layout: LabLayout, record: LabRecord): Promise<void> {
  // Another process may read it at any moment: it is there complete or not at all.
  const draft = `${layout.recordFile}.new`
  await writeFile(draft, JSON.stringify(record), {mode: 0o600})
  await rename(draft, layout.recordFile)
}

export async function readRecord(layout: LabLayout): Promise<LabRecord | undefined> {
  if (!isOwn(layout.directory) || !existsSync(layout.recordFile)) return undefined
  return JSON.parse(await readFile(layout.recordFile, 'utf8'))
}

/** Removes the labs of tests that were killed before they could. Returns their names. */
export async function sweepOrphans(): Promise<string[]> {
  const swept: string[] = []
  for (const entry of await readdir(LAB_PARENT)) {
    const name = entry.slice(LAB_DIRECTORY_PREFIX.length)
    if (!entry.startsWith(LAB_DIRECTORY_PREFIX) || !isLabName(name)) continue
    const layout = layoutOf(name)
    const record = await readRecord(layout)
    if (record?.owner === undefined || isSameProcess(record.owner)) continue
    await sweep(layout)
    swept.push(join(LAB_PARENT, entry))
  }
  return swept
}
