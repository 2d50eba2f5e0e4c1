import {describe, expect, it} from 'vitest'

import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {readProposal} from '../../../../src/decoy/services/ssh/hassh.ts'
import {defaultVersion, releaseOf} from '../../../../src/decoy/services/ssh/releases.ts'
import {createService} from '../../../../src/decoy/services/ssh/server.ts'
import {personaWith, serveSsh, ssh, talk} from './ssh-world.ts'

async function announced(facts: Partial<PersonaFacts>): Promise<{identification: string; kexInit: Buffer}> {
  const served = await serveSsh(undefined, facts)
  const answer = await talk(served.port, 'SSH-2.0-test\r\n', {idleMs: 1000})
  await served.close()
  const end = answer.indexOf('\r\n')
  return {identification: answer.subarray(0, end).toString('latin1'), kexInit: answer.subarray(end + 2 + 5)}
}

describe('what a client is offered is what the release offers', () => {
  it.each<[string, PersonaFacts['os']]>([
    ['debian', 'linux'],
    ['ubuntu22', 'linux'],
    ['ubuntu20', 'linux'],
    ['rocky9', 'linux'],
    ['centos7', 'linux'],
    ['alpine', 'linux'],
    ['windows2019', 'windows_server'],
  ])('%s', async (distro, os) => {
    const persona = personaWith({distro, os})
    const release = releaseOf(defaultVersion(persona), persona)
    const {identification, kexInit} = await announced({distro, os})
    expect(identification).toBe(`SSH-2.0-${defaultVersion(persona)}`)
    expect(readProposal(kexInit)).toEqual({
      kex: release.kex.join(','),
      hostKeys: release.hostKeys.join(','),
      ciphers: release.ciphers.join(','),
      macs: release.macs.join(','),
      compressions: 'none,zlib@openssh.com',
    })
  })

  it.each<[string, PersonaFacts['os']]>([
    ['ubuntu22', 'linux'],
    ['rocky9', 'linux'],
    ['centos7', 'linux'],
    ['alpine', 'linux'],
  ])('and a real client of today can use %s', async (distro, os) => {
    const served = await serveSsh(undefined, {distro, os})
    expect((await ssh(served.port, 'root:toor', ['echo ok'])).stdout).toBe('ok\n')
    await served.close()
  })
})

describe('the fingerprint of the server', () => {
  // Written out a second time: a slip in the shared lists of the releases must not pass unseen.
  it.each([
    [
      'debian',
      'sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,kex-strict-s-v00@openssh.com',
      'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com',
    ],
    [
      'ubuntu22',
      'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,sntrup761x25519-sha512@openssh.com,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256,kex-strict-s-v00@openssh.com',
      'chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com',
    ],
    [
      'rocky9',
      'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,kex-strict-s-v00@openssh.com',
      'aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-gcm@openssh.com,aes128-ctr',
    ],
  ])('%s', (distro, kex, ciphers) => {
    const persona = personaWith({distro})
    const release = releaseOf(defaultVersion(persona), persona)
    expect(release.kex.join(',')).toBe(kex)
    expect(release.ciphers.join(',')).toBe(ciphers)
  })
})

describe('releaseOf', () => {
  const persona = personaWith()
  it.each([
    ['OpenSSH_9.2p1 Debian-2+deb12u3', false],
    ['OpenSSH_9.2p1 Debian-2+deb12u4', true],
    ['OpenSSH_9.2p1 Debian-2+deb12u10', true],
    ['OpenSSH_9.2p1', false],
  ])('%s offers the hybrid exchange under its short name: %s', (version, offered) => {
    expect(releaseOf(version, persona).kex.includes('sntrup761x25519-sha512')).toBe(offered)
  })

  it('orders 9.10 after 9.9', () => {
    expect(releaseOf('OpenSSH_9.10', persona)).toBe(releaseOf('OpenSSH_9.9', persona))
  })

  it.each([
    ['OpenSSH_7.9p1', 'v7'],
    ['OpenSSH_8.0p1', 'v8'],
    ['OpenSSH_for_Windows_8.1', 'v8'],
    ['something else', 'v8'],
  ])('%s answers a wrong identification as %s', (version, dialect) => {
    expect(releaseOf(version, persona).identification).toBe(dialect)
  })
})

describe('Windows', () => {
  it('shows nothing of Linux', async () => {
    const served = await serveSsh(
      {users: ['administrator:P@ss1']},
      {os: 'windows_server', distro: 'windows2019', hostname: 'SRV-FS-01'},
    )
    const {stdout} = await ssh(served.port, 'administrator:P@ss1', ['whoami'])
    expect(stdout).toBe('corp\\administrator\r\n')
    expect((await ssh(served.port, 'administrator:P@ss1', ['cat /etc/passwd'])).stdout).toContain(
      "'cat' is not recognized",
    )
    expect((await ssh(served.port, 'administrator:P@ss1', ['ver'])).stdout).toContain('10.0.17763')
    await served.close()
  })
})

describe('selfTest', () => {
  it('accepts what the service answers and nothing shorter', async () => {
    const service = await createService(personaWith(), {})
    const test = service.selfTest(22)
    const served = await serveSsh({})
    const answer = await talk(served.port, test.send, {idleMs: 1000})
    expect(test.accepts(answer)).toBe(true)
    expect(test.accepts(answer.subarray(0, answer.indexOf('\n') + 1))).toBe(false)
    expect(test.accepts(Buffer.from('SSH-2.0-OpenSSH_9.9\r\n'))).toBe(false)
    await served.close()
  })
})
