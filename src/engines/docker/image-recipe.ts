/** What is in the image of a decky: the Node that runs us, its libraries, and the decoy. Nothing is downloaded. */
import {execFile} from 'node:child_process'
import {createHash, randomUUID} from 'node:crypto'
import {type FileHandle, open, readFile, realpath, unlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {promisify} from 'node:util'

import {DecnetError} from '../../fleet/errors.ts'
import {DECOY_USER, MAIN_PATH, NODE_PATH, PROBE_PATH} from './container.ts'
import {REPOSITORY} from './names.ts'
import type {TarEntry} from './tar.ts'

const run = promisify(execFile)

/** Counts up whenever the same Node and bundle give another image. */
const RECIPE = 1

/** The decoy as `scripts/bundle-decoy.ts` writes it. */
export interface DecoyBundle {
  readonly main: Buffer
  readonly probe: Buffer
}

export async function readBundle(directory: string): Promise<DecoyBundle> {
  try {
    const [main, probe] = await Promise.all([
      readFile(join(directory, 'main.cjs')),
      readFile(join(directory, 'probe.cjs')),
    ])
    return {main, probe}
  } catch (error) {
    throw new DecnetError('ENGINE_FAILED', `the decoy bundle in ${directory} cannot be read`, {
      hint: 'reinstall decnet; from a checkout, run "npm run build"',
      cause: error,
    })
  }
}

/** `decnet-decoy:<16 hex digits>`: the same for the same bundle, Node and recipe, without reading Node's 120 MB. */
export function imageReference(bundle: DecoyBundle): string {
  const hash = createHash('sha256')
  for (const part of [String(RECIPE), process.version, process.arch, bundle.main, bundle.probe]) {
    hash.update(createHash('sha256').update(part).digest())
  }
  return `${REPOSITORY}:${hash.digest('hex').slice(0, 16)}`
}

/** The image's own configuration, as `docker import --change` takes it. */
export function imageChanges(reference: string, label: string): string[] {
  return [
    `USER ${DECOY_USER}`,
    'WORKDIR /',
    `ENTRYPOINT ["${NODE_PATH}", "${MAIN_PATH}"]`,
    'ENV PATH=/usr/bin',
    `LABEL ${label}=${reference}`,
  ]
}

/** Hands the entries to `use`; the stripped copy of Node exists until it is done. */
export async function withImageEntries<T>(
  bundle: DecoyBundle,
  use: (entries: readonly TarEntry[]) => Promise<T>,
): Promise<T> {
  if (process.platform !== 'linux') {
    throw new DecnetError('PLATFORM_UNSUPPORTED', `the image of deckies cannot be made on ${process.platform}`, {
      hint: 'make it on a Linux machine, load it on the engine, and name it: "decnet config set image REFERENCE"',
    })
  }
  const copy = await namelessFile()
  try {
    const node = await realpath(process.execPath)
    return await use(imageEntries(bundle, await stripped(node, copy), await libraries(node)))
  } finally {
    await copy.close()
  }
}

/** A temporary file that the kernel removes with the process, so that a killed command leaves none of 100 MB behind. */
async function namelessFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `decnet-image-${randomUUID()}`)
  const file = await open(path, 'wx+', 0o600)
  await unlink(path)
  return file
}

function imageEntries(bundle: DecoyBundle, node: string, shared: readonly string[]): TarEntry[] {
  const files: TarEntry[] = [
    {type: 'copy', path: NODE_PATH, mode: 0o755, source: node},
    ...shared.map((path): TarEntry => ({type: 'copy', path, mode: 0o755, source: path})),
    text('/etc/passwd', `root:x:0:0:root:/root:/sbin/nologin\nnode:x:${DECOY_USER}:${DECOY_USER}::/:/sbin/nologin\n`),
    text('/etc/group', `root:x:0:\nnode:x:${DECOY_USER}:\n`),
    text('/etc/nsswitch.conf', 'hosts: files\n'),
    // The engine mounts its own over these three; a read-only root needs the places to be there.
    ...['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'].map((path) => text(path, '')),
    {type: 'file', path: MAIN_PATH, mode: 0o644, content: bundle.main},
    {type: 'file', path: PROBE_PATH, mode: 0o644, content: bundle.probe},
  ]
  const directories = new Set(['/dev', '/proc', '/sys', '/tmp', ...files.flatMap(({path}) => parents(path))])
  return [
    ...[...directories]
      .toSorted()
      .map((path): TarEntry => ({type: 'directory', path: path.slice(1), mode: path === '/tmp' ? 0o1777 : 0o755})),
    ...files.map((file): TarEntry => ({...file, path: file.path.slice(1)})),
  ]
}

function text(path: string, content: string): TarEntry {
  return {type: 'file', path, mode: 0o644, content: Buffer.from(content)}
}

function parents(path: string): string[] {
  const parent = dirname(path)
  return parent === '/' ? [] : [...parents(parent), parent]
}

/** Without its symbols Node is 18 MB smaller; where `strip` is missing it is used as it is. */
async function stripped(node: string, copy: FileHandle): Promise<string> {
  const target = `/proc/${process.pid}/fd/${copy.fd}`
  try {
    await run('strip', ['-s', '-o', target, node])
    return target
  } catch {
    return node
  }
}

/** The shared libraries and the loader that `ldd` names, at the paths it names. */
async function libraries(node: string): Promise<string[]> {
  try {
    const {stdout} = await run('ldd', [node])
    return parseLdd(stdout)
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && /not a dynamic|statically linked/.test(String(error.stdout))) {
      return []
    }
    throw new DecnetError('PLATFORM_UNSUPPORTED', `the libraries of ${node} cannot be listed with ldd`, {
      hint: 'install ldd (Debian: libc-bin), or name an image: "decnet config set image REFERENCE"',
      cause: error,
    })
  }
}

/** Lines are `name => /path (0x…)` or `/path (0x…)`; the kernel's own `linux-vdso.so.1` has no path. */
export function parseLdd(output: string): string[] {
  const paths = output.split('\n').flatMap((line) => /(?:^|=>)\s*(\/[\w./+-]+)\s+\(0x/.exec(line.trim())?.[1] ?? [])
  if (/=>\s*not found/.test(output)) throw new Error('a library of Node is missing')
  return [...new Set(paths)]
}
