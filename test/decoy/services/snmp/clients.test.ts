/** Net-SNMP's tools and onesixtyone on the loopback. */
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {hasCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import type {Served} from '../../../support/serve.ts'
import {serveUdp, UDP_ADDRESS} from '../../../support/serve-udp.ts'
import {agent, machine} from './support.ts'

const PASSWORD = 'Winter-2024'
const installed = hasCommand('snmpget')
if (!installed) console.warn('snmpget is not installed: the SNMP clients are not tested')

describe.skipIf(!installed)('Net-SNMP', {timeout: 60_000}, () => {
  let server: Served
  const folder = mkdtempSync(join(tmpdir(), 'decnet-snmp-'))

  beforeAll(async () => {
    server = await serveUdp(agent({}, {write_community: 'private', users: [`admin:${PASSWORD}`]}), {
      port: 161,
      name: 'snmp',
    })
  })
  afterAll(async () => {
    await server.close()
    rmSync(folder, {recursive: true})
  })

  /** `MIBS` empty: names as numbers, whatever is installed. Keys that the tools keep are kept in a folder of ours. */
  const run = async (tool: string, ...args: string[]) => {
    const env = {MIBS: '', SNMP_PERSISTENT_DIR: folder}
    const {stdout, stderr} = await runTool(tool, ['-On', '-t', '2', '-r', '1', ...args], {env})
    return `${stdout}${stderr.replaceAll(/^Created directory.*\n/gm, '')}`
  }
  const target = (): string => `${UDP_ADDRESS}:${server.port}`

  it.each(['1', '2c'])('walks in version %s to the end of the view, without an error', async (version) => {
    const said = await run('snmpwalk', `-v${version}`, '-c', 'public', target(), '.1')
    expect(said).toMatch(/^\.1\.3\.6\.1\.2\.1\.1\.1\.0 = STRING: "Linux vm /)
    expect(said).toMatch(version === '1' ? /End of MIB\s*$/ : /No more variables left in this MIB View/)
    expect(said).not.toMatch(/not increasing|Timeout|Error/)
    expect(said.split('\n').length).toBeGreaterThan(400)
  })

  it('walks in bulk', async () => {
    const said = await run('snmpbulkwalk', '-v2c', '-c', 'public', '-Cr50', target(), '.1.3.6.1.2.1.2')
    expect(said).toContain('.1.3.6.1.2.1.2.2.1.2.1 = STRING: "lo"')
    expect(said).not.toMatch(/not increasing|Timeout|Error/)
  })

  it('gets and sets, and is refused as by a real agent', async () => {
    const name = '.1.3.6.1.2.1.1.5.0'
    expect(await run('snmpset', '-v2c', '-c', 'public', target(), name, 's', 'x')).toContain('noAccess')
    expect(await run('snmpset', '-v2c', '-c', 'private', target(), name, 's', 'owned')).toContain('"owned"')
    expect(await run('snmpget', '-v1', '-c', 'public', target(), name)).toContain('"owned"')
    expect(await run('snmpget', '-v2c', '-c', 'secret', target(), name)).toContain('Timeout')
    expect(server.named('query').filter(({data}) => data?.operation === 'set')).toHaveLength(2)
  })

  it.each([
    ['noAuthNoPriv', 'nobody', [], /Unknown user name/],
    ['authPriv', 'nobody', ['-a', 'SHA', '-A', PASSWORD, '-x', 'AES', '-X', PASSWORD], /Unknown user name/],
    ['authPriv', 'admin', ['-a', 'SHA', '-A', 'wrong-2024', '-x', 'AES', '-X', PASSWORD], /Authentication failure/],
    ['authPriv', 'admin', ['-a', 'SHA', '-A', PASSWORD, '-x', 'AES', '-X', PASSWORD], /= STRING: "/],
    ['authPriv', 'admin', ['-a', 'MD5', '-A', PASSWORD, '-x', 'DES', '-X', PASSWORD], /= STRING: "/],
    ['authPriv', 'admin', ['-a', 'SHA-512', '-A', PASSWORD, '-x', 'AES', '-X', PASSWORD], /= STRING: "/],
    ['noAuthNoPriv', 'admin', [], /authorizationError/],
  ])('in version 3, %s of %s %s', async (level, user, more, says) => {
    expect(await run('snmpget', '-v3', '-l', level, '-u', user, ...more, target(), '.1.3.6.1.2.1.1.5.0')).toMatch(says)
  })
})

describe.skipIf(!hasCommand('onesixtyone'))('onesixtyone', () => {
  it('finds the communities, and every guess is recorded', {timeout: 30_000}, async () => {
    const server = await serveUdp(machine('printer'), {port: 161, name: 'snmp'})
    const folder = mkdtempSync(join(tmpdir(), 'decnet-snmp-'))
    try {
      const words = ['admin', 'public', 'secret', 'private', 'cisco']
      writeFileSync(join(folder, 'words'), `${words.join('\n')}\n`)
      const {stdout} = await runTool('onesixtyone', [
        '-p',
        String(server.port),
        '-c',
        join(folder, 'words'),
        UDP_ADDRESS,
      ])
      expect(stdout).toMatch(/\[public\] HP ETHERNET/)
      expect(stdout).toMatch(/\[private\] HP ETHERNET/)
      const attempts = server
        .named('auth.attempt')
        .map(({credential}) => [credential?.secret?.text, credential?.outcome])
      expect(attempts).toEqual(words.map((word) => [word, /^p/.test(word) ? 'success' : 'failure']))
    } finally {
      rmSync(folder, {recursive: true})
      await server.close()
    }
  })
})
