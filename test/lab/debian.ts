import {existsSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {type CaptureOptions, capture, must} from './process.ts'

/** Unpacked packages that are not installed are kept here: they are the same for every lab. */
export const PACKAGE_CACHE = '/var/cache/decnet-lab'

const APT_ENV = {...process.env, DEBIAN_FRONTEND: 'noninteractive'}
const APT_LIMIT_MS = 600_000
const RETRIES = ['-o', 'Acquire::Retries=3']

export type Report = (line: string) => void

/** Whether a command can be found; the administration folders count even where PATH lacks them. */
export function hasCommand(command: string): boolean {
  return findCommand(command) !== undefined
}

export function findCommand(command: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

/**
 * Installs Debian packages from the machine's own sources. The package lists are fetched only when the first try
 * fails, since most machines have them.
 *
 * @throws Error with apt's words when that fails too.
 */
export async function installPackages(packages: readonly string[], report: Report): Promise<void> {
  report(`installing from Debian: ${packages.join(' ')}`)
  const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...RETRIES, ...packages]
  await withoutServices(() => withFreshLists(args, {env: APT_ENV, timeoutMs: APT_LIMIT_MS}))
}

/** Runs apt-get, and once more after an update when it fails. */
async function withFreshLists(args: readonly string[], options: CaptureOptions): Promise<void> {
  if ((await capture('apt-get', args, options)).code === 0) return
  await must('apt-get', ['update', '-qq', ...RETRIES], options)
  await must('apt-get', args, options)
}

/**
 * Keeps what gets installed from starting its services: a dockerd of the machine's own would put a bridge and
 * firewall rules on the machine's real network. Debian asks this file; one that is there already stays.
 */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d'
  const ours = '#!/bin/sh\n# Made by the decnet lab while it installs packages; safe to delete.\nexit 101\n'
  if (!existsSync(policy)) await writeFile(policy, ours, {mode: 0o755})
  try {
    await install()
  } finally {
    if ((await readFile(policy, 'utf8').catch(() => '')) === ours) await rm(policy, {force: true})
  }
}

/**
 * Downloads packages and unpacks them into a folder without installing them. `suite` names another Debian release
 * than the machine's: it is read with an apt configuration of its own, so the machine's sources do not change.
 * Signatures are verified as always. The folder appears complete or not at all.
 *
 * @throws Error with apt's words when a package cannot be had.
 */
export async function unpackPackages(
  folderName: string,
  packages: readonly string[],
  report: Report,
  suite?: string,
): Promise<string> {
  const folder = join(PACKAGE_CACHE, folderName)
  if (existsSync(folder)) return folder
  report(`unpacking from Debian${suite === undefined ? '' : ` ${suite}`}: ${packages.join(' ')}`)
  await mkdir(PACKAGE_CACHE, {recursive: true})
  const work = await mkdtemp(join(PACKAGE_CACHE, 'unpack-'))
  try {
    await download(work, packages, suite)
    const root = join(work, 'root')
    await mkdir(root, {mode: 0o755})
    for (const file of await readdir(work)) {
      if (file.endsWith('.deb')) await must('dpkg', ['-x', join(work, file), root])
    }
    // Another process may have been faster; what it unpacked is as good.
    await rename(root, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
    return folder
  } finally {
    await rm(work, {recursive: true, force: true})
  }
}

async function download(work: string, packages: readonly string[], suite: string | undefined): Promise<void> {
  // apt warns at length that its unprivileged user cannot enter a private folder; verification does not depend on it.
  const asRoot = ['-o', 'APT::Sandbox::User=root']
  const options = {cwd: work, env: APT_ENV, timeoutMs: APT_LIMIT_MS}
  if (suite === undefined) {
    return await withFreshLists([...asRoot, ...RETRIES, 'download', ...packages], options)
  }
  const sources = join(work, 'suite.sources')
  await writeFile(sources, await sourceOf(suite))
  const isolated = [
    ...asRoot,
    ...RETRIES,
    ...['-o', `Dir::Etc::sourcelist=${sources}`, '-o', 'Dir::Etc::sourceparts=-', '-o', 'Dir::Etc::preferencesparts=-'],
    ...['-o', `Dir::State=${join(work, 'state')}`, '-o', `Dir::Cache=${join(work, 'cache')}`],
  ]
  await mkdir(join(work, 'state', 'lists', 'partial'), {recursive: true})
  await mkdir(join(work, 'cache', 'archives', 'partial'), {recursive: true})
  await must('apt-get', [...isolated, '-o', 'APT::Update::Error-Mode=any', 'update', '-qq'], options)
  await must('apt-get', [...isolated, 'download', ...packages], options)
}

/** A deb822 source for another release at the mirror, and with the keys, that the machine itself uses. */
async function sourceOf(suite: string): Promise<string> {
  const mirror = await ownMirror()
  if (mirror === undefined) throw new Error('no Debian mirror in /etc/apt/sources.list or /etc/apt/sources.list.d')
  const keys = mirror.signedBy === undefined ? '' : `Signed-By: ${mirror.signedBy}\n`
  return `Types: deb\nURIs: ${mirror.uri}\nSuites: ${suite}\nComponents: main\n${keys}`
}

interface Mirror {
  readonly uri: string
  readonly signedBy: string | undefined
}

async function ownMirror(): Promise<Mirror | undefined> {
  const folder = '/etc/apt/sources.list.d'
  const names = existsSync(folder) ? (await readdir(folder)).sort() : []
  for (const name of names.filter((candidate) => candidate.endsWith('.sources'))) {
    for (const stanza of (await readFile(join(folder, name), 'utf8')).split(/\n\s*\n/)) {
      const mirror = fromStanza(stanza)
      if (mirror !== undefined) return mirror
    }
  }
  const lists = names.filter((name) => name.endsWith('.list')).map((name) => join(folder, name))
  for (const file of [join(dirname(folder), 'sources.list'), ...lists]) {
    if (!existsSync(file)) continue
    for (const line of (await readFile(file, 'utf8')).split('\n')) {
      const mirror = fromLine(line)
      if (mirror !== undefined) return mirror
    }
  }
  return undefined
}

// The archive of releases is the source whose path ends in /debian: security and third parties have others.
const isArchive = (uri: string): boolean => /\/debian\/?$/.test(uri)

export function fromStanza(stanza: string): Mirror | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/)[0]
  const uri = field('URIs')
  if (uri === undefined || !isArchive(uri) || field('Enabled')?.toLowerCase() === 'no') return undefined
  return {uri, signedBy: field('Signed-By')}
}

export function fromLine(line: string): Mirror | undefined {
  const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+\S+/.exec(line.trim())
  const uri = match?.[2]
  if (uri === undefined || !isArchive(uri)) return undefined
  return {uri, signedBy: /signed-by=(\S+)/.exec(match?.[1] ?? '')?.[1]}
}
