import {createHash} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'

import {capture} from '../lab/process.ts'
import {said, useBench} from '../support/bench.ts'

const QUIET = [
  '-F',
  'none',
  '-o',
  'StrictHostKeyChecking=no',
  '-o',
  'UserKnownHostsFile=/dev/null',
  '-o',
  'LogLevel=ERROR',
]
const TOOL = '#!/bin/sh\necho owned\n'
const TYPED = `cat > /tmp/x.sh <<END\n${TOOL}END\ncat /etc/hostname\nexit\n`.replaceAll('\n', '\r')

describe('a session on a terminal', () => {
  const bench = useBench('replay', {tools: ['sshpass']}, 'embedded')

  it('is watched again as the intruder saw it, and what he left is taken along', {timeout: 120_000}, async () => {
    const on = bench()
    const ip = on.site.address(20)
    await on.deploy(on.text({web: {services: 'ssh', hostname: 'app-07', ip}, 'web.ssh': {users: 'root:toor'}}))
    const {deckies} = await on.status()
    const port = String(deckies[0]?.services[0]?.boundPort)
    const ssh = ['-p', 'toor', 'ssh', '-tt', ...QUIET, '-p', port, `root@${ip}`]
    const seen = await capture('sshpass', ssh, {input: TYPED})
    expect(seen, seen.stderr).toMatchObject({code: 0})
    expect(seen.stdout).toContain('app-07')

    await on.run(['events', '--json'])
    const listed = await on.run(['sessions', '--terminal', '--json'])
    const {sessions} = listed.json as {sessions: {id: string}[]}
    expect(sessions, said(listed)).toHaveLength(1)
    const id = sessions[0]?.id ?? ''
    const replayed = await on.run(['replay', id.slice(0, 6), '--speed', '0'])
    expect(replayed.stdout, said(replayed)).toBe(`${seen.stdout}\n`)
    expect(replayed.stderr).toContain('End of the recording.')

    const cast = await on.run(['replay', id, '--asciicast'])
    const [header, ...frames] = cast.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(header, said(cast)).toMatchObject({
      version: 2,
      width: 80,
      height: 24,
      title: expect.stringContaining('web ssh'),
    })
    const way = (wanted: string): string =>
      (frames as [number, string, string][]).flatMap(([, sent, text]) => (sent === wanted ? [text] : [])).join('')
    expect([way('i'), way('o')]).toEqual([TYPED, seen.stdout])

    const sha256 = createHash('sha256').update(TOOL).digest('hex')
    const file = join(on.site.directory, 'x.sh')
    const taken = await on.run(['captures', sha256.slice(0, 8), '--output', file, '--json'])
    expect(taken.json, said(taken)).toMatchObject({captures: [{sha256, size: TOOL.length, name: '/tmp/x.sh'}]})
    expect([readFileSync(file, 'latin1'), statSync(file).mode & 0o777]).toEqual([TOOL, 0o400])
  })
})
