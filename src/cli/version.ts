import {readFile} from 'node:fs/promises'

import {sanitize} from './views/text.ts'

/** Whoever asks for a version does not want to wait for an Engine that hangs. */
const DOCKER_DEADLINE_MS = 2_000

/** Written by `scripts/build-info.ts`; two levels up from here is the package, from `src/` as from `dist/`. */
const BUILD_INFO = new URL('../../dist/build-info.json', import.meta.url)

export interface EngineVersions {
  readonly docker: {readonly version: string; readonly apiVersion: string} | null
  readonly embedded: {readonly runtimeId: string} | null
  /** Why an engine is null. */
  readonly unavailable: Readonly<Record<string, string>>
}

/** `decnet.version/v1`. */
export async function versionDocument(version: string, env: NodeJS.ProcessEnv): Promise<object> {
  const [commit, engines] = await Promise.all([builtFrom(), engineVersions(env)])
  return {
    schema: 'decnet.version/v1',
    ok: true,
    version,
    commit,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    engines,
  }
}

/** The commit that was built; null where the build knew none. */
async function builtFrom(): Promise<string | null> {
  try {
    const info: unknown = JSON.parse(await readFile(BUILD_INFO, 'utf8'))
    const commit = typeof info === 'object' && info !== null && 'commit' in info ? info.commit : null
    return typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit) ? commit : null
  } catch {
    return null
  }
}

async function engineVersions(env: NodeJS.ProcessEnv): Promise<EngineVersions> {
  const unavailable: Record<string, string> = {}
  const asked = async <T>(engine: string, ask: () => Promise<T>): Promise<T | null> => {
    try {
      return await ask()
    } catch (error) {
      unavailable[engine] = sanitize(error instanceof Error ? error.message : String(error))
      return null
    }
  }
  const [docker, embedded] = await Promise.all([
    asked('docker', async () => {
      const {dockerVersion} = await import('../engines/docker/version.ts')
      return dockerVersion(env.DOCKER_HOST, env.DOCKER_CERT_PATH, DOCKER_DEADLINE_MS)
    }),
    asked('embedded', async () => {
      const {BUNDLE_DIRECTORY, readBundle} = await import('../engines/embedded/bundle.ts')
      const {runtimeId} = await readBundle(BUNDLE_DIRECTORY)
      return {runtimeId}
    }),
  ])
  return {docker, embedded, unavailable}
}
