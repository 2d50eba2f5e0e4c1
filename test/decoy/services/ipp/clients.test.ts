/** Real clients on the loopback. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {ippService, LINUX} from './support.ts'

let printer: Served
let cups: Served
let directory = ''

beforeAll(async () => {
  printer = await serve(await ippService(), {port: 631, service: 'ipp'})
  cups = await serve(await ippService({}, LINUX), {port: 631, service: 'ipp'})
  directory = await mkdtemp(join(tmpdir(), 'ipp-'))
  await writeFile(join(directory, 'plan.txt'), 'the plan\n')
})
afterAll(async () => {
  await Promise.all([printer.close(), cups.close()])
  await rm(directory, {recursive: true})
})

const run = (tool: string, args: readonly string[]) => runTool(tool, args, {env: {HOME: directory}})

describe.skipIf(findCommand('ipptool') === undefined)('ipptool', () => {
  it.each(['get-printer-attributes', 'validate-job', 'print-job', 'create-job', 'get-jobs'])(
    'passes %s',
    async (test) => {
      const at = `ipp://127.0.0.1:${printer.port}/ipp/print`
      const {stdout} = await run('ipptool', ['-t', '-f', join(directory, 'plan.txt'), at, `${test}.test`])
      expect(stdout).toMatch(/\[PASS\]/)
      expect(stdout).not.toMatch(/\[FAIL\]/)
    },
  )
})

describe.skipIf(findCommand('lpstat') === undefined)('the clients of CUPS', () => {
  it('list the queue and print on it', async () => {
    const at = `127.0.0.1:${cups.port}`
    const {stdout} = await run('lpstat', ['-h', at, '-t'])
    expect(stdout).toMatch(/scheduler is running[\s\S]*system default destination: HP_[\s\S]* is idle\./)
    const queue = /destination: (\S+)/.exec(stdout)?.[1] ?? ''
    const printed = await run('lp', ['-h', at, '-d', queue, join(directory, 'plan.txt')])
    expect(printed.stdout).toMatch(/request id is \S+-\d+ \(1 file\(s\)\)/)
    expect(await eventually(() => cups.named('file.write')[0])).toMatchObject({data: {path: 'job/plan.txt', size: 9}})
  })
})
