/** What gives emulated SSH servers away, and what they have been found by. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {defaultVersion} from '../../../../src/decoy/services/ssh/releases.ts'
import type {Served} from '../../../support/serve.ts'
import {HONEY, personaWith, serveSsh, ssh, talk} from './ssh-world.ts'

const SLOW = 30_000
/** What Kippo and Cowrie answer with, one version or another. */
const OF_DECOYS = [
  /^OpenSSH_5\.1p1 Debian-[45]$/,
  /^OpenSSH_5\.3p1 Debian-3ubuntu/,
  /^OpenSSH_5\.5p1 Debian-[46]/,
  /^OpenSSH_5\.9p1 Debian-5ubuntu1/,
  /^OpenSSH_6\.0p1 Debian-4/,
  /^OpenSSH_6\.[26]\.?\d*p1 Ubuntu-/,
  /^OpenSSH_6\.7p1 Debian-5/,
  /^OpenSSH_7\.2p2 Ubuntu-4ubuntu2/,
  /^OpenSSH_9\.2p1 Debian-2\+deb12u3$/,
  /Twisted|libssh|paramiko|JSCH|Go$/,
]
/** People, machines and dates of the file systems that come with Kippo and Cowrie. */
const SHIPPED =
  /\bphil\b|\brichard\b|svr0[34]|nas3|2\.6\.26-2-686|3\.2\.0-4-amd64|dannf@debian|Jun 2[23] |Nov {1,2}4 {1,2}2009|EmbyLinux/i
const DISTROS: readonly (readonly [string, PersonaFacts['os']])[] = [
  ['debian', 'linux'],
  ['ubuntu22', 'linux'],
  ['ubuntu20', 'linux'],
  ['rocky9', 'linux'],
  ['centos7', 'linux'],
  ['alpine', 'linux'],
]

it.each([...DISTROS, ['windows2019', 'windows_server'] as const, ['embedded', 'embedded'] as const])(
  'what %s announces is of no decoy that is known',
  (distro, os) => {
    const version = defaultVersion(personaWith({distro, os}))
    for (const known of OF_DECOYS) expect(version).not.toMatch(known)
  },
)

describe.each(DISTROS)('the inside of %s', (distro, os) => {
  let served: Served
  const run = async (command: string): Promise<string> => {
    const {stdout, stderr} = await ssh(served.port, 'root:toor', [command])
    return `${stdout}${stderr}`
  }
  beforeAll(async () => {
    served = await serveSsh(HONEY, {distro, os})
  })
  afterAll(() => served.close())

  it('agrees with itself, with its name and with what is announced', {timeout: SLOW}, async () => {
    const names = 'hostname; cat /etc/hostname; uname -n'
    expect((await run(names)).trim().split('\n')).toEqual(Array(3).fill('app-07'))
    const [release, build, whole, proc] = (await run('uname -r; uname -v; uname -a; cat /proc/version')).split('\n')
    expect(whole).toContain(`Linux app-07 ${release} ${build} x86_64`)
    expect(proc).toContain(`Linux version ${release} `)
    const announced = (await talk(served.port, 'SSH-2.0-x\r\n')).toString('latin1').split('\r\n', 1)[0] ?? ''
    const own = await run('ssh -V')
    const number = /OpenSSH_\d+\.\d+/.exec(announced)?.[0] ?? 'none'
    expect(own).toContain(number)
    const id = /^ID="?(\w+)/m.exec(await run('cat /etc/os-release'))?.[1] ?? 'none'
    if (/Debian|Ubuntu/.test(announced)) expect(announced.toLowerCase()).toContain(id)
    expect(await run('cat /etc/issue')).not.toMatch(/Debian GNU\/Linux 5/)
  })

  it('has nothing that comes with any other decoy', {timeout: SLOW}, async () => {
    const places = ['/etc/passwd', '/etc/shadow', '/etc/hosts', '/proc/cpuinfo', '/proc/mounts', '/etc/group']
    const seen = await run(`cat ${places.join(' ')}; ls -la / /root /home /tmp /etc; w; last; ps aux; uname -a; id`)
    expect(seen).not.toMatch(SHIPPED)
    expect(seen).not.toMatch(/decnet|decky|honey|cowrie|kippo/i)
    expect(seen).toContain('root:x:0:0:')
  })

  it('is no container', {timeout: SLOW}, async () => {
    expect(await run('ls -a /')).not.toContain('.dockerenv')
    expect(await run('cat /proc/1/cgroup')).not.toMatch(/docker|containerd|kubepods|lxc/)
    expect(await run('cat /proc/1/comm')).toMatch(/^(?:systemd|init)\n$/)
    expect(await run('mount')).not.toMatch(/overlay|\/docker\//)
    expect(await run('cat /proc/self/mountinfo; cat /proc/1/environ')).not.toMatch(/overlay|docker|container=/)
    expect(await run('ip link; ifconfig')).not.toMatch(/02:42:/i)
    expect((await run('ps aux')).trim().split('\n').length).toBeGreaterThan(12)
    expect((await run('dmesg')).length).toBeGreaterThan(200)
  })

  it('keeps what is written, and refuses what cannot be', {timeout: SLOW}, async () => {
    const marker = `m${distro}`
    await run(`echo ${marker} > /var/tmp/.x`)
    expect(await run('cat /var/tmp/.x')).toBe(`${marker}\n`)
    expect(await run('rm /var/tmp/.x && cat /var/tmp/.x')).toMatch(/No such file or directory/)
    expect(await run('rm /no-such-file')).toMatch(/No such file or directory/)
    expect(await run('echo x > /proc/x; mkdir /proc/y')).toMatch(/No such file|cannot create|Operation not permitted/)
    const [, time = '99'] = /time[=<]([\d.]+) ms/.exec(await run('ping -c 1 127.0.0.1')) ?? []
    expect(Number(time)).toBeLessThan(1)
  })
})
