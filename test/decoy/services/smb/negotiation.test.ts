import {describe, expect, it} from 'vitest'

import {LittleEndianWriter} from '../../../../src/decoy/codecs/little-endian.ts'
import {encodeName} from '../../../../src/decoy/codecs/netbios-name.ts'
import {parseSecurityBlob} from '../../../../src/decoy/codecs/spnego/security-blob.ts'
import {COMMAND, CONTEXT, STATUS} from '../../../../src/decoy/services/smb/wire/constants.ts'
import {encodeFrame, FRAME} from '../../../../src/decoy/services/smb/wire/framing.ts'
import {type Answer, answerOf, CONTROLLER, client, negotiateBody, SmbClient, smbService, WINDOWS} from './client.ts'

const SHA512 = new LittleEndianWriter().u16(1, 32, 1).zeros(32).done()
const GMAC_FIRST = new LittleEndianWriter().u16(3, 2, 1, 0).done()
const CIPHERS = new LittleEndianWriter().u16(2, 1, 2).done()
const smb1 = (...dialects: readonly string[]): Buffer => {
  const list = Buffer.from(dialects.map((dialect) => `\x02${dialect}\0`).join(''), 'latin1')
  const head = Buffer.from('ff534d4272000000001843c80000000000000000000000000000feff0000000000', 'hex')
  return encodeFrame(Buffer.concat([head, new LittleEndianWriter().u16(list.length).bytes(list).done()]))
}
const mechanismsOf = ({message}: Answer): readonly string[] => {
  const at = message.readUInt16LE(64 + 56)
  const blob = parseSecurityBlob(message.subarray(at, at + message.readUInt16LE(64 + 58)))
  return blob.wrapping === 'spnego' && blob.negotiation.kind === 'init' ? blob.negotiation.mechanisms : []
}

describe('negotiation', () => {
  it.each([
    [[0x0202], 0x0202],
    [[0x0202, 0x0210], 0x0210],
    [[0x0202, 0x0210, 0x0300], 0x0300],
    [[0x0302, 0x0300], 0x0302],
  ])('of %j ends at %i', async (dialects, dialect) => {
    const {status, message} = (await client()).negotiate(dialects)
    expect(status).toBe(0)
    expect(message.readUInt16LE(68)).toBe(dialect)
  })

  it('of 3.1.1 agrees on hash, cipher and signing in contexts', async () => {
    const contexts = [
      [CONTEXT.PREAUTH_INTEGRITY, SHA512],
      [CONTEXT.ENCRYPTION, CIPHERS],
      [CONTEXT.SIGNING, GMAC_FIRST],
    ] as const
    const {message} = (await client()).ask(COMMAND.NEGOTIATE, negotiateBody([0x0311], contexts))
    expect(message.readUInt16LE(68)).toBe(0x0311)
    const at = message.readUInt32LE(64 + 60)
    expect(message.readUInt16LE(70)).toBe(3)
    expect([at, at + 48, at + 64].map((place) => message.readUInt16LE(place))).toEqual([1, 2, 8])
    expect(message.readUInt16LE(at + 48 + 10)).toBe(2)
    expect(message.readUInt16LE(at + 64 + 10)).toBe(2)
  })

  it('of 3.1.1 without a hash, and of nothing common, fails as the specification has it', async () => {
    expect((await client()).negotiate([0x0311]).status).toBe(STATUS.INVALID_PARAMETER)
    expect((await client()).negotiate([0x0999]).status).toBe(STATUS.NOT_SUPPORTED)
    expect((await client({}, {dialect: '2.1'})).negotiate([0x0302]).status).toBe(STATUS.NOT_SUPPORTED)
  })

  it('a second time ends the connection', async () => {
    const twice = await client()
    twice.negotiate()
    expect(() => twice.negotiate()).toThrow('no answer')
    expect(twice.closed).toBe(true)
  })

  it('tells the time, Kerberos on members, and on controllers that clients must sign', async () => {
    const windows = (await client(WINDOWS)).negotiate()
    expect(windows.message.readUInt16LE(66)).toBe(1)
    expect(mechanismsOf(windows)).toHaveLength(5)
    expect((await client(CONTROLLER)).negotiate().message.readUInt16LE(66)).toBe(3)
    expect(mechanismsOf((await client()).negotiate())).toEqual(['1.3.6.1.4.1.311.2.2.10'])
    const time = windows.message.readBigUInt64LE(64 + 40)
    expect(Number(time / 10_000n) - 11_644_473_600_000).toBe(Date.parse('2026-03-04T05:06:07.089Z'))
  })

  it('has the option `signing`', async () => {
    expect((await client({}, {signing: 'required'})).negotiate().message.readUInt16LE(66)).toBe(3)
    expect((await client(CONTROLLER, {signing: 'enabled'})).negotiate().message.readUInt16LE(66)).toBe(1)
  })
})

describe('SMB1', () => {
  it('leads to SMB2 where the client knows it', async () => {
    const upgrade = answerOf((await client()).raw(smb1('NT LM 0.12', 'SMB 2.002', 'SMB 2.???')).subarray(4))
    expect(upgrade.message.readUInt16LE(68)).toBe(0x02ff)
    const old = answerOf((await client()).raw(smb1('SMB 2.002')).subarray(4))
    expect(old.message.readUInt16LE(68)).toBe(0x0202)
  })

  it('alone is reset by Windows, and refused by Samba in the words that nmap knows it by', async () => {
    const windows = await client(WINDOWS)
    expect(windows.raw(smb1('NT LM 0.12'))).toHaveLength(0)
    expect(windows.reset).toBe(true)
    expect(windows.events).toMatchObject([{event: 'probe', data: {what: 'smb1-only'}}])
    const samba = await client()
    // As smbd 4.17.12-Debian answered the same bytes.
    const recorded = '00000025ff534d4272000000008803c80000000000000000000000000000feff0000000001ffff0000'
    expect(samba.raw(smb1('NT LANMAN 1.0', 'NT LM 0.12')).toString('hex')).toBe(recorded)
    expect(samba.closed).toBe(true)
  })
})

describe('NetBIOS sessions on port 139', () => {
  const request = (called: string) =>
    encodeFrame(
      Buffer.concat([encodeName({name: called, kind: 0x20}), encodeName({name: 'WS77', kind: 0})]),
      FRAME.SESSION_REQUEST,
    )

  it('are accepted for *SMBSERVER and the own name, and refused for others by Windows', async () => {
    const service = await smbService(WINDOWS)
    expect(new SmbClient(service, 139).raw(request('*SMBSERVER')).toString('hex')).toBe('82000000')
    expect(new SmbClient(service, 139).raw(request('FS01')).toString('hex')).toBe('82000000')
    expect(new SmbClient(service, 139).raw(request('OTHER')).toString('hex')).toBe('8300000182')
  })

  it('come before anything else', async () => {
    const early = new SmbClient(await smbService(WINDOWS), 139)
    expect(early.raw(smb1('NT LM 0.12')).toString('hex')).toBe('830000018f')
    expect(early.closed).toBe(true)
    expect(new SmbClient(await smbService(), 139).negotiate().status).toBe(0)
    const right = new SmbClient(await smbService(WINDOWS), 139)
    right.raw(request('*SMBSERVER'))
    expect(right.negotiate().status).toBe(0)
  })
})
