import {existsSync} from 'node:fs'
import {copyFile, mkdir, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {type Report, unpackPackages} from './debian.ts'
import type {Lab} from './lab.ts'

export const BUSYBOX_IMAGE = 'decnet-lab/busybox:latest'

const APPLETS = ['sh', 'sleep', 'nc', 'ip', 'cat', 'ls', 'httpd']

/**
 * A static busybox.
 *
 * @throws Error when Debian's `busybox-static` cannot be had.
 */
export async function busyboxBinary(report: Report = () => {}): Promise<string> {
  const unpacked = await unpackPackages('busybox', ['busybox-static'], report)
  const binary = ['bin/busybox', 'usr/bin/busybox'].map((path) => join(unpacked, path)).find((path) => existsSync(path))
  if (binary === undefined) throw new Error(`${unpacked} has no busybox`)
  return binary
}

/**
 * Gives the lab's Engine a tiny image of one static program, for scenarios about the Engine and not about decoys.
 *
 * @throws Error when Debian's `busybox-static` cannot be had.
 */
export async function importBusybox(lab: Lab, report: Report = () => {}): Promise<string> {
  const binary = await busyboxBinary(report)
  const root = join(lab.layout.directory, 'busybox')
  await rm(root, {recursive: true, force: true})
  await mkdir(join(root, 'bin'), {recursive: true})
  await copyFile(binary, join(root, 'bin/busybox'))
  for (const applet of APPLETS) await symlink('busybox', join(root, 'bin', applet))
  await lab.importFolder(root, BUSYBOX_IMAGE)
  return BUSYBOX_IMAGE
}
