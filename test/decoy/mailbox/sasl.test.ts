import {describe, expect, it} from 'vitest'

import {fromBase64, SaslExchange} from '../../../src/decoy/mailbox/sasl.ts'

describe('SASL', () => {
  it.each([
    ['', 0],
    ['=', 0],
    ['AAAA', 3],
    ['AAA', null],
    ['A A=', null],
    ['====', null],
  ])('takes %j for base64 of length %s', (text, length) => {
    expect(fromBase64(text)?.length ?? null).toBe(length)
  })

  it('PLAIN has three fields', () => {
    const plain = (text: string) => new SaslExchange('PLAIN').take(Buffer.from(text, 'latin1'))
    expect(plain('admin\0user\0pass\0word')).toEqual({
      type: 'credential',
      user: Buffer.from('user'),
      password: Buffer.from('pass\0word'),
    })
    expect(plain('user\0pass')).toEqual({type: 'failed'})
    expect(plain('')).toEqual({type: 'failed'})
  })
})
