import {spawnSync} from 'node:child_process'
import {existsSync} from 'node:fs'
import {resolve} from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

export interface CliRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built command line as a user does. Fails where it is not built: `npm ci` and `npm run build` build it. */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, nodeArgs: readonly string[] = []): CliRun {
  if (!existsSync(resolve(ROOT, 'oclif.manifest.json'))) throw new Error('decnet is not built: npm run build')
  const {status, stdout, stderr} = spawnSync(process.execPath, [...nodeArgs, resolve(ROOT, 'bin/run.js'), ...args], {
    encoding: 'utf8',
    // Neither the test runner nor the developer's terminal may show in what is compared.
    env: {PATH: process.env.PATH, HOME: '/nonexistent', COLUMNS: '80', ...env},
  })
  return {code: status, stdout, stderr}
}
