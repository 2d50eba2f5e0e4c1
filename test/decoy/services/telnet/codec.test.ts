import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import {escaped, TelnetCodec, type TelnetItem} from '../../../../src/decoy/services/telnet/codec.ts'
import {Negotiation, type ProductName} from '../../../../src/decoy/services/telnet/negotiation.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** Items with data that follows data joined. */
function feed(pieces: readonly Buffer[]): TelnetItem[] {
  const codec = new TelnetCodec()
  const items: TelnetItem[] = []
  for (const item of pieces.flatMap((piece) => codec.feed(piece))) {
    const last = items.at(-1)
    if (item.type === 'data' && last?.type === 'data') {
      items[items.length - 1] = {type: 'data', bytes: Buffer.concat([last.bytes, item.bytes])}
    } else items.push(item)
  }
  return items
}

describe('the wire', () => {
  it('tells data, negotiation, values and commands apart', () => {
    expect(feed([hex('61 ff ff 62 0d 0a 63 0d 00 ff fd 18 ff fa 1f 00 50 ff ff 18 ff f0 ff f4 64')])).toEqual([
      {type: 'data', bytes: Buffer.from('a\xffb\rc\r', 'latin1')},
      {type: 'negotiation', verb: 253, option: 24},
      {type: 'subnegotiation', option: 31, bytes: hex('00 50 ff 18'), cut: false},
      {type: 'command', code: 244},
      {type: 'data', bytes: Buffer.from('d')},
    ])
  })

  it('means the same wherever it is cut', () => {
    const byte = fc.constantFrom(0, 10, 13, 0x61, 240, 250, 251, 252, 253, 254, 255)
    fc.assert(
      fc.property(fc.array(byte, {maxLength: 40}), (bytes) => {
        const whole = Buffer.from(bytes)
        expect(feed([...whole].map((each) => Buffer.from([each])))).toEqual(feed([whole]))
      }),
    )
  })

  it('keeps 4 KiB of a value that never ends', () => {
    const codec = new TelnetCodec()
    codec.feed(hex('ff fa 27'))
    for (let kib = 0; kib < 64; kib++) expect(codec.feed(Buffer.alloc(1024, 0x61))).toEqual([])
    expect(codec.open).toBe(true)
    const [item] = codec.feed(hex('ff f0'))
    expect(item).toMatchObject({type: 'subnegotiation', cut: true})
    expect(item?.type === 'subnegotiation' && item.bytes.length).toBe(4096)
  })

  it('doubles IAC in what it shows', () => {
    expect(escaped(hex('61 ff 62'))).toEqual(hex('61 ff ff 62'))
  })
})

function negotiation(product: ProductName) {
  const sent: Buffer[] = []
  let ready = 0
  const made = new Negotiation(
    product,
    (bytes) => sent.push(bytes),
    () => ready++,
  )
  const codec = new TelnetCodec()
  made.start()
  return {
    made,
    ready: () => ready,
    /** What is sent in answer. */
    take: (bytes: string) => {
      for (const item of codec.feed(hex(bytes))) if (item.type !== 'data') made.take(item)
      return sent.splice(0).map((each) => each.toString('hex'))
    },
  }
}

describe('the negotiation', () => {
  // The order and the waiting are those of BSD's telnetd, recorded from that of inetutils 2.4, less its options for
  // authentication, encryption and line mode, which netkit's has not.
  it('of Linux asks for four options, then for their values, then for the echo', () => {
    const {take, ready, made} = negotiation('linux')
    expect(take('')).toEqual(['fffd18fffd20fffd23fffd27'])
    expect(take('fffb18 fffb20 fffc23')).toEqual([])
    expect(take('fffb27')).toEqual(['fffa2001fff0fffa2701fff0fffa1801fff0'])
    expect(take('fffa20 00 33382c3338 fff0 fffa27 00 fff0')).toEqual([])
    expect(take('fffa18 00 787465726d fff0')).toEqual(['fffb03fffd01fffd1ffffb05fffd21'])
    expect(ready()).toBe(0)
    expect(take('fffb1f fffa1f 0084 002b fff0')).toEqual([])
    expect(take('fffc01')).toEqual(['fffb01'])
    expect(ready()).toBe(1)
    expect(made.terminal).toEqual({name: 'xterm', columns: 132, rows: 43})
  })

  it('of Linux goes on without what a client refuses', () => {
    const {take} = negotiation('linux')
    take('')
    expect(take('fffc18 fffc20 fffc23 fffc27')).toEqual(['fffb03fffd01fffd1ffffb05fffd21'])
  })

  it.each([
    ['ios', 'fffb01fffb03fffd18fffd1f'],
    ['busybox', 'fffd01fffd1ffffb01fffb03'],
  ] as const)('of %s does not wait', (product, opening) => {
    const {take, ready} = negotiation(product)
    expect(take('')).toEqual([opening])
    expect(ready()).toBe(1)
  })

  it.each(['linux', 'busybox', 'ios'] as const)('of %s never goes on for ever', (product) => {
    const {take} = negotiation(product)
    take('')
    let sent = 0
    for (let round = 0; round < 50; round++) {
      for (const verb of ['fb', 'fc', 'fd', 'fe']) {
        for (let option = 0; option < 256; option++) {
          sent += take(`ff${verb}${option.toString(16).padStart(2, '0')}`).length
        }
      }
    }
    expect(sent).toBeLessThan(520)
  })
})
