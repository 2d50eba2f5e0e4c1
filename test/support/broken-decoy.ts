import {chmod, copyFile, mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {busyboxBinary} from '../lab/busybox.ts'
import type {Lab} from './lab.ts'

/** How a decoy can go wrong from the start. */
export const BROKEN = {
  /** Ends at once, with last words that would colour a terminal. */
  dies: 'printf "no such \\033[31mplugin\\n" >&2; exit 3',
  /** Runs and says nothing. */
  silent: 'exec sleep 3600',
} as const

/**
 * Gives the lab's Engine an image whose decoy is broken, for the `image` setting. Its `node` is a shell script: it
 * stands where the command line expects Node.
 */
export async function importBrokenDecoy(lab: Lab, kind: keyof typeof BROKEN): Promise<string> {
  const root = join(lab.layout.directory, `decoy-${kind}`)
  await rm(root, {recursive: true, force: true})
  await mkdir(join(root, 'bin'), {recursive: true})
  await mkdir(join(root, 'usr/bin'), {recursive: true})
  await mkdir(join(root, 'tmp'))
  await copyFile(await busyboxBinary(), join(root, 'bin/busybox'))
  for (const applet of ['sh', 'sleep']) await symlink('busybox', join(root, 'bin', applet))
  const script = join(root, 'usr/bin/node')
  await writeFile(script, `#!/bin/sh\n${BROKEN[kind]}\n`)
  await chmod(script, 0o755)
  const reference = `decnet-lab/decoy-${kind}:1`
  await lab.importFolder(root, reference)
  return reference
}
