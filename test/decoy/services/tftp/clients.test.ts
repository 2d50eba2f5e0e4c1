/** Real clients on the loopback. */
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {serveUdp, UDP_ADDRESS} from '../../../support/serve-udp.ts'
import {tftpService} from './support.ts'

let served: Served
let directory = ''

beforeAll(async () => {
  served = await serveUdp(await tftpService(), {port: 69, name: 'tftp'})
  directory = await mkdtemp(join(tmpdir(), 'tftp-'))
  await writeFile(join(directory, 'implant.bin'), Buffer.alloc(5000, 0x90))
})
afterAll(async () => {
  await served.close()
  await rm(directory, {recursive: true})
})

const written = (path: string) => () =>
  served.named('file.write').find(({data}) => data?.path === path && data.complete === true)

describe.skipIf(findCommand('tftp') === undefined)('tftp-hpa', () => {
  it('gets a lure and puts a file', async () => {
    const target = join(directory, 'hpa')
    const commands = [`mode octet`, `get router-confg ${target}`, `put ${directory}/implant.bin hpa.bin`, 'quit']
    await runTool('tftp', [UDP_ADDRESS, String(served.port)], {input: `${commands.join('\n')}\n`})
    expect(await readFile(target, 'latin1')).toMatch(/enable password 7 /)
    expect(await eventually(written('hpa.bin'))).toMatchObject({data: {size: 5000}})
  })

  it('is told what is not there', async () => {
    const {stdout} = await runTool('tftp', [UDP_ADDRESS, String(served.port)], {
      input: `get nothing ${join(directory, 'nothing')}\nquit\n`,
    })
    expect(stdout).toMatch(/Error code 1: File not found/)
  })
})

describe.skipIf(findCommand('atftp') === undefined)('atftp', () => {
  it('gets with options and puts', async () => {
    const target = join(directory, 'atftp')
    const at = [UDP_ADDRESS, String(served.port)]
    const options = ['--option', 'blksize 1024', '--option', 'tsize 0', '--option', 'timeout 2']
    const got = await runTool('atftp', [...options, '-g', '-r', 'router-confg', '-l', target, ...at])
    expect(got).toMatchObject({code: 0})
    expect(await readFile(target, 'latin1')).toMatch(/tacacs-server host/)
    await runTool('atftp', ['-p', '-l', `${directory}/implant.bin`, '-r', 'atftp.bin', ...at])
    expect(await eventually(written('atftp.bin'))).toMatchObject({data: {size: 5000}})
  })
})

describe.skipIf(findCommand('curl') === undefined)('curl', () => {
  it('gets and uploads', async () => {
    const url = `tftp://${UDP_ADDRESS}:${served.port}`
    const {stdout} = await runTool('curl', ['-sS', `${url}/router-confg`])
    expect(stdout).toMatch(/service password-encryption/)
    await runTool('curl', ['-sS', '-T', `${directory}/implant.bin`, `${url}/curl.bin`])
    expect(await eventually(written('curl.bin'))).toMatchObject({data: {size: 5000}})
  })
})
