/** `kubectl`, as a person types it. */
import {execFile} from 'node:child_process'
import {existsSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {type Served, serve} from '../../../support/serve.ts'
import {clusterWith} from './support.ts'

const execute = promisify(execFile)
const KUBECTL = ['/usr/bin/kubectl', '/usr/local/bin/kubectl'].find((path) => existsSync(path))
if (KUBECTL === undefined) console.warn('kubectl is not installed: nothing is shown of how it takes the decoy')

describe.skipIf(KUBECTL === undefined)('kubectl', {timeout: 30_000}, () => {
  let served: Served
  const home = mkdtempSync(join(tmpdir(), 'decnet-kubectl-'))
  beforeAll(async () => {
    served = await serve(await clusterWith({users: ['admin:tok']}), {port: 6443})
  })
  afterAll(async () => {
    await served.close()
    rmSync(home, {recursive: true})
  })

  const kubectl = async (token: string, ...args: string[]): Promise<string> => {
    const all = [
      '--server',
      `https://127.0.0.1:${served.port}`,
      '--insecure-skip-tls-verify',
      `--token=${token}`,
      ...args,
    ]
    const run = execute(KUBECTL ?? '', all, {env: {PATH: process.env.PATH, HOME: home}, timeout: 20_000})
    const {stdout, stderr} = await run.catch((error: {stdout: string; stderr: string}) => error)
    return `${stdout}${stderr}`
  }

  it('is told that its token is worth nothing', async () => {
    expect(await kubectl('wrong', 'get', 'pods')).toMatch(/You must be logged in to the server|Unauthorized/)
  })

  it('prints version, lists and answers with a token that is', async () => {
    expect(await kubectl('tok', 'version')).toMatch(/Server Version.*v1\.2[46]/)
    expect(await kubectl('tok', 'get', 'nodes')).toMatch(/ber-k8s01 +Ready +control-plane/)
    expect(await kubectl('tok', 'get', 'secrets', '-A')).toMatch(/db-credentials +Opaque +3/)
    expect(await kubectl('tok', 'auth', 'can-i', 'create', 'pods')).toMatch(/^yes$/m)
  })

  it('runs a pod', async () => {
    expect(await kubectl('tok', 'run', 'x', '--image=evil/miner')).toContain('pod/x created')
    expect(await kubectl('tok', 'get', 'pods')).toMatch(/x +0\/1 +ContainerCreating/)
    expect(served.events.some(({data}) => data?.action === 'pods.create')).toBe(true)
  })
})
