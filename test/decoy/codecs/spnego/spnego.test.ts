import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {explicit, octetString, sequence} from '../../../../src/decoy/codecs/ber/writer.ts'
import {buildGss, parseGss} from '../../../../src/decoy/codecs/spnego/gss.ts'
import {MECHANISM} from '../../../../src/decoy/codecs/spnego/mechanisms.ts'
import {
  buildInit,
  buildResponse,
  mechanismList,
  NEG_STATE,
  parseNegotiationToken,
  WINDOWS_HINT,
} from '../../../../src/decoy/codecs/spnego/negotiation.ts'
import {ntlmMessage, parseSecurityBlob} from '../../../../src/decoy/codecs/spnego/security-blob.ts'
import {fuzz, refusedTruncations} from '../hostile.ts'
import {negotiateMessage} from '../ntlm/client.ts'

const NTLM = negotiateMessage()
const MECHANISMS = [MECHANISM.NEGOEX, MECHANISM.MS_KRB5, MECHANISM.KRB5, MECHANISM.KRB5_USER_TO_USER, MECHANISM.NTLMSSP]
const FIRST = buildInit({mechanisms: [MECHANISM.NTLMSSP], token: NTLM})

describe('the server that speaks first', () => {
  it('writes what Windows does', () => {
    // The security blob of an SMB2 negotiation with a machine that is in no domain.
    expect(buildInit({mechanisms: [MECHANISM.NEGOEX, MECHANISM.NTLMSSP], hint: WINDOWS_HINT}).toString('hex')).toBe(
      '605406062b0601050502a04a3048a01a3018060a2b06010401823702021e060a2b06010401823702020a' +
        'a32a3028a0261b246e6f745f646566696e65645f696e5f5246433431373840706c656173655f69676e6f7265',
    )
  })

  it('is read with its hint', () => {
    const mic = Buffer.alloc(16, 1)
    const blob = parseSecurityBlob(buildInit({mechanisms: MECHANISMS, hint: WINDOWS_HINT, mic}))
    expect(blob).toEqual({
      wrapping: 'spnego',
      negotiation: {
        kind: 'init',
        mechanisms: MECHANISMS,
        mechanismsRaw: mechanismList(MECHANISMS),
        hint: WINDOWS_HINT,
        mic,
      },
    })
    expect(ntlmMessage(blob)).toBeNull()
  })
})

describe('a client', () => {
  it('may send NTLM in SPNEGO, in SPNEGO without its frame, or bare', () => {
    const bare = parseSecurityBlob(NTLM)
    expect(bare).toEqual({wrapping: 'none', mechanism: MECHANISM.NTLMSSP, token: NTLM})
    for (const bytes of [NTLM, FIRST, parseGss(FIRST).inner])
      expect(ntlmMessage(parseSecurityBlob(bytes))).toEqual(NTLM)
  })

  it('may send Kerberos in its own frame', () => {
    const inner = Buffer.from('0100deadbeef', 'hex')
    const blob = parseSecurityBlob(buildGss({mechanism: MECHANISM.KRB5, inner}))
    expect(blob).toEqual({wrapping: 'gss', mechanism: MECHANISM.KRB5, token: inner})
    expect(ntlmMessage(blob)).toBeNull()
  })

  it('may put a MIC where a server puts its hint', () => {
    const mic = Buffer.alloc(16, 2)
    const bytes = buildInit({mechanisms: [MECHANISM.NTLMSSP], token: NTLM, mic})
    expect(parseSecurityBlob(bytes)).toMatchObject({negotiation: {token: NTLM, mic}})
  })
})

describe('answers', () => {
  it('are written as Windows does', () => {
    const token = Buffer.from('abc')
    const answer = {state: NEG_STATE.ACCEPT_INCOMPLETE, mechanism: MECHANISM.NTLMSSP, token}
    expect(buildResponse(answer).toString('hex')).toBe('a11c301aa0030a0101a10c060a2b06010401823702020aa2050403616263')
    expect(buildResponse({state: NEG_STATE.REJECT}).toString('hex')).toBe('a1073005a0030a0102')
  })

  it('come back as they went', () => {
    const bytes = fc.uint8Array({maxLength: 300}).map((value) => Buffer.from(value))
    const response = fc.record(
      {state: fc.nat(3), mechanism: fc.constantFrom(...MECHANISMS), token: bytes, mic: bytes},
      {requiredKeys: []},
    )
    fc.assert(
      fc.property(response, (value) => {
        expect(parseNegotiationToken(buildResponse(value))).toEqual({kind: 'response', ...value})
      }),
    )
    const init = fc.record(
      {mechanisms: fc.array(fc.constantFrom(...MECHANISMS), {maxLength: 32}), token: bytes, mic: bytes},
      {requiredKeys: ['mechanisms']},
    )
    fc.assert(
      fc.property(init, (value) => {
        expect(parseSecurityBlob(buildInit(value))).toMatchObject({negotiation: {kind: 'init', ...value}})
      }),
    )
  })
})

describe('hostile input', () => {
  it('is refused', () => {
    expect(() => parseSecurityBlob(Buffer.from('GET / HTTP/1.1'))).toThrow('of no known kind')
    expect(() => parseSecurityBlob(Buffer.alloc(0))).toThrow('of no known kind')
    expect(() => parseSecurityBlob(Buffer.alloc(200_000))).toThrow('200000 octets')
    expect(() => parseNegotiationToken(octetString(''))).toThrow('no SPNEGO token')
    expect(() => parseNegotiationToken(explicit(0, sequence([explicit(0, octetString(''))])))).toThrow('no list')
    const many = Array.from({length: 33}, () => MECHANISM.KRB5)
    expect(() => parseSecurityBlob(buildInit({mechanisms: many}))).toThrow('too many mechanisms')
  })

  it('is refused wherever it ends', () => {
    expect(refusedTruncations(parseSecurityBlob, FIRST)).toBe(FIRST.length)
  })

  it('throws nothing but CodecError', () => {
    const answer = buildResponse({state: 1, mechanism: MECHANISM.NTLMSSP, token: NTLM, mic: Buffer.alloc(16)})
    const seeds = [FIRST, answer, buildInit({mechanisms: MECHANISMS, hint: WINDOWS_HINT})]
    fuzz((input) => ntlmMessage(parseSecurityBlob(input)), seeds, 20_000)
  })
})
