import {describe, expect, it} from 'vitest'

import {
  dayOf,
  internalDate,
  mailDate,
  parseDay,
  parseInternalDate,
  parseMailDate,
  zone,
} from '../../../src/decoy/mailbox/mail-dates.ts'

const AT = Date.parse('2026-01-05T08:15:29.000Z')

describe('dates', () => {
  it('are written with the zone of the machine', () => {
    expect(mailDate(AT, 60)).toBe('Mon, 5 Jan 2026 09:15:29 +0100')
    expect(internalDate(AT, -330)).toBe('05-Jan-2026 02:45:29 -0530')
    expect(zone(0)).toBe('+0000')
  })

  it('are read as they are written', () => {
    expect(parseMailDate('Mon, 5 Jan 2026 09:15:29 +0100')).toEqual({at: AT, offset: 60})
    expect(parseMailDate('5 jan 2026 08:15 -0000')).toEqual({at: AT - 29_000, offset: -0})
    expect(parseInternalDate('05-Jan-2026 02:45:29 -0530')).toBe(AT)
    expect(parseInternalDate(' 5-Jan-2026 08:15:29 +0000')).toBe(AT)
  })

  it.each(['', 'yesterday', 'Mon, 5 Foo 2026 08:15:29 +0000', '5-Jan-2026'])('are not %j', (text) => {
    expect(parseMailDate(text)).toBeNull()
    expect(parseInternalDate(text)).toBeNull()
  })

  it('are compared by day', () => {
    expect(parseDay('5-Jan-2026')).toBe(dayOf(AT, 0))
    expect(parseDay('5-Jan-2026')).toBe(dayOf(Date.parse('2026-01-04T23:30:00Z'), 60))
    expect(parseDay('2026-01-05')).toBeNull()
  })
})
