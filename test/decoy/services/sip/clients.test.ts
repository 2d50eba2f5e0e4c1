/** Real clients on the loopback. */
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import type {Served} from '../../../support/serve.ts'
import {serveUdp, UDP_ADDRESS} from '../../../support/serve-udp.ts'
import {ASTERISK, FREEPBX, HONEY, sipService} from './support.ts'

describe.each([
  ['asterisk', ASTERISK, /Asterisk PBX 16\.28\.0~dfsg-0\+deb11u4/],
  ['freepbx', FREEPBX, /FPBX-16\.0\.33\(18\.13\.0\)/],
] as const)('%s', (_, product, server) => {
  let served: Served
  let directory = ''

  beforeAll(async () => {
    served = await serveUdp(await sipService({...product, ...HONEY}), {port: 5060, name: 'sip'})
    directory = await mkdtemp(join(tmpdir(), 'sip-'))
    await writeFile(join(directory, 'words'), 'secret\nletmein\nWinter-2024\n')
  })
  afterAll(async () => {
    await served.close()
    await rm(directory, {recursive: true})
  })

  const run = (tool: string, args: readonly string[]) => runTool(tool, args, {env: {HOME: directory}})

  it.skipIf(findCommand('sipsak') === undefined)('answers sipsak, and lets it register', async () => {
    const at = `${UDP_ADDRESS}:${served.port}`
    const options = await run('sipsak', ['-vv', '-s', `sip:201@${at}`])
    expect(options.stdout + options.stderr).toMatch(server)
    const register = await run('sipsak', ['-U', '-i', '-s', `sip:2001@${at}`, '-u', '2001', '-a', 'Winter-2024'])
    expect(register).toMatchObject({code: 0})
    expect(served.named('auth.attempt').some(({credential}) => credential?.outcome === 'success')).toBe(true)
  })

  it.skipIf(findCommand('svmap') === undefined)('is found and cracked by SIPVicious', async () => {
    const map = await run('svmap', ['-p', String(served.port), UDP_ADDRESS])
    expect(map.stdout).toMatch(server)
    const crack = await run('svcrack', [
      '-u',
      '2001',
      '-d',
      join(directory, 'words'),
      '-p',
      String(served.port),
      UDP_ADDRESS,
    ])
    expect(crack.stdout).toContain('Winter-2024')
    const tried = served.named('auth.attempt').filter(({credential}) => credential?.hash?.hashcatMode === 11_400)
    expect(tried.length).toBeGreaterThan(2)
  })
})
