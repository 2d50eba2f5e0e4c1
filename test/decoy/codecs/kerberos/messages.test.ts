import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {BerReader} from '../../../../src/decoy/codecs/ber/reader.ts'
import {application} from '../../../../src/decoy/codecs/ber/tags.ts'
import {type AsReply, buildAsReply, parseAsReply} from '../../../../src/decoy/codecs/kerberos/as-reply.ts'
import {ERROR_CODE, ETYPE, NAME_TYPE, PADATA, USAGE} from '../../../../src/decoy/codecs/kerberos/constants.ts'
import {decrypt, stringToKey} from '../../../../src/decoy/codecs/kerberos/encryption.ts'
import {completeFrame, frame} from '../../../../src/decoy/codecs/kerberos/framing.ts'
import {
  encryptedTimestamp,
  type KdcRequest,
  pacRequested,
  parseKdcRequest,
  ticketGranting,
} from '../../../../src/decoy/codecs/kerberos/kdc-request.ts'
import {buildKrbError, type KrbError, parseKrbError} from '../../../../src/decoy/codecs/kerberos/krb-error.ts'
import {
  buildPasswordError,
  parsePasswordRequest,
  RESULT,
  VERSION,
} from '../../../../src/decoy/codecs/kerberos/password-change.ts'
import {
  decryptTimestamp,
  encryptTimestamp,
  etypeInfo2,
  parseEtypeInfo2,
} from '../../../../src/decoy/codecs/kerberos/preauthentication.ts'
import {principalText, writePaDataList} from '../../../../src/decoy/codecs/kerberos/types.ts'
import {fuzz, refusedTruncations} from '../hostile.ts'
import {apRequest, kdcRequest, pacRequest, passwordRequest, timestampData} from './client.ts'

const REALM = 'CORP.EXAMPLE.COM'
const NOW = Date.UTC(2026, 2, 14, 9, 26, 53, 589)
const KRBTGT = {type: NAME_TYPE.SRV_INST, parts: ['krbtgt', REALM]}
const CLIENT = {type: NAME_TYPE.PRINCIPAL, parts: ['j.doe']}
const TICKET = {
  realm: REALM,
  server: KRBTGT,
  encrypted: {etype: 18, keyVersion: 2, cipher: Buffer.alloc(400, 0xc1)},
}
const AUTHENTICATOR = {etype: 18, cipher: Buffer.alloc(120, 0xc2)}
const fixed = (size: number) => Buffer.alloc(size, 0x42)
const KEY = stringToKey(ETYPE.AES256_CTS_HMAC_SHA1_96, 'Summer2026!', `${REALM}j.doe`)

const AS_REQUEST: KdcRequest = {
  type: 'as',
  padata: [timestampData(encryptTimestamp(KEY, NOW, fixed)), pacRequest(true)],
  options: 0x4081_0010,
  client: CLIENT,
  realm: REALM,
  server: KRBTGT,
  till: Date.UTC(2037, 8, 13, 2, 48, 5),
  nonce: 0x7fff_fffe,
  etypes: [18, 17, 23, 24, -135, 3],
}
const TGS_REQUEST: KdcRequest = {
  ...AS_REQUEST,
  type: 'tgs',
  client: null,
  server: {type: NAME_TYPE.SRV_HST, parts: ['cifs', 'files01.corp.example.com']},
  padata: [{type: PADATA.TGS_REQ, value: apRequest(TICKET, AUTHENTICATOR)}],
}
const PASSWORD_REQUEST = passwordRequest(VERSION.CHANGE, apRequest(TICKET, AUTHENTICATOR), AUTHENTICATOR)
const SERVER_ERROR: KrbError = {code: ERROR_CODE.PREAUTH_REQUIRED, now: NOW, micros: 123, realm: REALM, server: KRBTGT}

describe('AS-REQ', () => {
  it('comes back as it went', () => {
    const request = parseKdcRequest(kdcRequest(AS_REQUEST))
    expect(request).toEqual(AS_REQUEST)
    expect(pacRequested(request)).toBe(true)
    expect(ticketGranting(request)).toBeNull()
    expect(principalText(request.server ?? CLIENT)).toBe(`krbtgt/${REALM}`)
  })

  it('may leave out whatever is optional', () => {
    const bare: KdcRequest = {...AS_REQUEST, padata: [], client: null, server: null, nonce: -5}
    const request = parseKdcRequest(kdcRequest(bare))
    expect(request).toEqual(bare)
    expect([pacRequested(request), encryptedTimestamp(request)]).toEqual([null, null])
  })

  it.each([17, 18, 23])('proves the password by a timestamp of etype %i', (etype) => {
    const salt = `${REALM}j.doe`
    const key = stringToKey(etype, 'Summer2026!', salt)
    const padata = [timestampData(encryptTimestamp(key, NOW, fixed))]
    const encrypted = encryptedTimestamp(parseKdcRequest(kdcRequest({...AS_REQUEST, padata})))
    if (encrypted === null) throw new Error('no timestamp')
    expect(encrypted.etype).toBe(etype)
    expect(decryptTimestamp(key, encrypted)).toBe(NOW)
    expect(() => decryptTimestamp(stringToKey(etype, 'summer2026!', salt), encrypted)).toThrow('of another key')
  })

  it('of another version or with another type inside is refused', () => {
    const bytes = kdcRequest(AS_REQUEST)
    const version = bytes.indexOf(Buffer.from('a103020105', 'hex'))
    bytes[version + 4] = 4
    expect(() => parseKdcRequest(bytes)).toThrow('Kerberos of version 4')
    bytes[version + 4] = 5
    bytes[version + 9] = 12
    expect(() => parseKdcRequest(bytes)).toThrow('contradicts its tag')
  })

  it('has bounded lists', () => {
    const etypes = Array.from({length: 65}, () => 18)
    expect(() => parseKdcRequest(kdcRequest({...AS_REQUEST, etypes}))).toThrow('a list of more than 64')
  })
})

describe('TGS-REQ', () => {
  it('shows its ticket', () => {
    const request = parseKdcRequest(kdcRequest(TGS_REQUEST))
    expect(request).toEqual(TGS_REQUEST)
    expect(ticketGranting(request)).toEqual({ticket: TICKET, authenticator: AUTHENTICATOR})
  })
})

describe('KRB-ERROR', () => {
  it('comes back as it went', () => {
    const text = fc.string({unit: 'grapheme', maxLength: 20})
    const name = fc.record({type: fc.nat(10), parts: fc.array(text, {maxLength: 3})})
    const error = fc.record(
      {
        code: fc.nat(100),
        now: fc.integer({min: 0, max: Date.UTC(2100, 0, 1)}),
        micros: fc.nat(999),
        realm: text,
        server: name,
        client: fc.record({realm: text, name}),
        text,
        data: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      },
      {requiredKeys: ['code', 'now', 'micros', 'realm', 'server']},
    )
    fc.assert(fc.property(error, (value) => void expect(parseKrbError(buildKrbError(value))).toEqual(value)))
  })

  it('asks for pre-authentication as Windows does', () => {
    const info = [{etype: 18, salt: `${REALM}j.doe`}, {etype: 23}]
    const empty = (type: number) => ({type, value: Buffer.alloc(0)})
    const data = writePaDataList([etypeInfo2(info), empty(PADATA.ENC_TIMESTAMP), empty(PADATA.PK_AS_REQ)])
    const read = parseKrbError(buildKrbError({...SERVER_ERROR, data}))
    const first = new BerReader(read.data ?? Buffer.alloc(0)).sequence().sequence()
    expect(first.explicit(1).integer()).toBe(PADATA.ETYPE_INFO2)
    expect(parseEtypeInfo2(first.explicit(2).octetString())).toEqual(info)
  })
})

describe('AS-REP', () => {
  it.each([17, 18, 23])('of etype %i opens with the password', (etype) => {
    const key = stringToKey(etype, 'bait', `${REALM}svc`)
    const reply: AsReply = {
      realm: REALM,
      client: CLIENT,
      ticket: TICKET,
      padata: [etypeInfo2([{etype, salt: `${REALM}svc`}])],
      sessionKey: {etype, value: Buffer.alloc(etype === 18 ? 32 : 16, 9)},
      nonce: 77,
      flags: 0x50e0_0000,
      times: {auth: NOW, end: NOW + 36_000_000, renewTill: NOW + 600_000_000},
    }
    const bytes = buildAsReply(reply, key, fixed)
    const {encrypted, ...clear} = parseAsReply(bytes)
    expect(clear).toEqual({realm: REALM, client: CLIENT, ticket: TICKET})
    const part = new BerReader(decrypt(key, USAGE.AS_REP, encrypted.cipher)).enter(application(25)).sequence()
    const sessionKey = part.explicit(0).sequence()
    expect(sessionKey.explicit(0).integer()).toBe(etype)
    expect(sessionKey.explicit(1).octetString()).toEqual(reply.sessionKey.value)
    part.explicit(1)
    expect(part.explicit(2).integer()).toBe(77)
    expect(part.explicit(4).bitString().bytes.toString('hex')).toBe('50e00000')
    expect(refusedTruncations(parseAsReply, bytes)).toBe(bytes.length)
  })
})

describe('TCP frames', () => {
  it('are whole or not yet', () => {
    const bytes = frame(kdcRequest(AS_REQUEST))
    for (let size = 0; size <= bytes.length; size++) {
      expect(completeFrame(bytes.subarray(0, size), 65_536)).toBe(size < bytes.length ? null : bytes.length)
    }
  })

  it('are refused by their length alone', () => {
    expect(() => completeFrame(Buffer.from('00010001', 'hex'), 65_536)).toThrow('65537 octets where 65536 are allowed')
    expect(() => completeFrame(Buffer.from('80000000', 'hex'), 65_536)).toThrow('2147483648 octets')
  })
})

describe('password changes', () => {
  it.each([VERSION.CHANGE, VERSION.SET])('of version %i are read', (version) => {
    const bytes = passwordRequest(version, apRequest(TICKET, AUTHENTICATOR), AUTHENTICATOR)
    expect(parsePasswordRequest(bytes)).toEqual({
      version,
      apRequest: {ticket: TICKET, authenticator: AUTHENTICATOR},
      encrypted: AUTHENTICATOR,
    })
  })

  it('are refused in the protocol’s own words', () => {
    const bytes = buildPasswordError(RESULT.AUTH_ERROR, 'Failed reading application request', SERVER_ERROR)
    expect(bytes.readUInt16BE(0)).toBe(bytes.length)
    expect(bytes.readUInt16BE(2)).toBe(1)
    expect(bytes.readUInt16BE(4)).toBe(0)
    const error = parseKrbError(bytes.subarray(6))
    expect(error).toMatchObject({code: ERROR_CODE.GENERIC, now: NOW, realm: REALM})
    expect(error.data?.toString('latin1')).toBe('\0\x03Failed reading application request')
  })

  it('of another length or version are not', () => {
    expect(() => parsePasswordRequest(Buffer.concat([PASSWORD_REQUEST, Buffer.alloc(1)]))).toThrow('another length')
    expect(() => parsePasswordRequest(passwordRequest(2, Buffer.alloc(0), AUTHENTICATOR))).toThrow(
      'password protocol 2',
    )
    const longer = Buffer.concat([apRequest(TICKET, AUTHENTICATOR), Buffer.alloc(1)])
    expect(() => parsePasswordRequest(passwordRequest(1, longer, AUTHENTICATOR))).toThrow('an AP-REQ of another length')
  })
})

describe('hostile input', () => {
  const readAll = (input: Buffer) => {
    const request = parseKdcRequest(input)
    const encrypted = encryptedTimestamp(request)
    return [pacRequested(request), ticketGranting(request), encrypted && decryptTimestamp(KEY, encrypted)]
  }

  it('is refused wherever it ends', () => {
    for (const request of [AS_REQUEST, TGS_REQUEST]) {
      const bytes = kdcRequest(request)
      expect(refusedTruncations(parseKdcRequest, bytes)).toBe(bytes.length)
    }
    const error = buildKrbError({...SERVER_ERROR, client: {realm: REALM, name: CLIENT}, text: 'text'})
    expect(refusedTruncations(parseKrbError, error)).toBe(error.length)
    expect(refusedTruncations(parsePasswordRequest, PASSWORD_REQUEST)).toBe(PASSWORD_REQUEST.length)
  })

  it('throws nothing but CodecError', () => {
    const requests = [AS_REQUEST, TGS_REQUEST].map(kdcRequest)
    fuzz(parseKdcRequest, requests, 15_000)
    fuzz(readAll, requests, 5000)
    fuzz(parsePasswordRequest, [PASSWORD_REQUEST], 10_000)
    fuzz(parseKrbError, [buildKrbError({...SERVER_ERROR, client: {realm: REALM, name: CLIENT}, text: 'x'})], 5000)
    fuzz((input) => completeFrame(input, 65_536), [frame(Buffer.alloc(20))], 2000)
  })
})
