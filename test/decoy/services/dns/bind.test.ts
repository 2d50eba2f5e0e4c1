/**
 * Byte for byte what BIND 9.18.49 of Debian 12 answers (`record.ts`), with `recursion no` and these zones, here as
 * `support.ts` has them.
 */
import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {plainData} from '../../../../src/decoy/codecs/dns/records.ts'
import {DnsSession} from '../../../../src/decoy/services/dns/session.ts'
import {chaos, framed, query, read} from './client.ts'
import {CORPUS, IDENTITY, TRANSFERS} from './corpus.ts'
import {connection, recordedBind} from './support.ts'

interface Golden {
  readonly udp: Readonly<Record<string, string | null>>
  readonly tcp: Readonly<Record<string, string>>
  readonly identity: Readonly<Record<string, string | null>>
  readonly closed: Readonly<Record<string, string>>
}

const GOLDEN = JSON.parse(readFileSync(new URL('golden-bind-9.18.49.json', import.meta.url), 'utf8')) as Golden
/** A server's own half of a cookie has its time and secret in it. */
const COOKIE = /(000a00180102030405060708)01000000[0-9a-f]{24}/
const withoutCookie = (hex: string | undefined | null): string | null => hex?.replace(COOKIE, '$1') ?? null
/** The one set of which the order is by chance. */
const SHUFFLED = 'authors'

describe('BIND over UDP', () => {
  const server = recordedBind()
  const answer = (bytes: Buffer): string | null =>
    withoutCookie(server.answer(bytes, 'udp', connection()).reply?.toString('hex'))

  it.each(Object.entries(CORPUS).filter(([name]) => name !== SHUFFLED))('answers %s', (name, question) => {
    expect(answer(question)).toBe(withoutCookie(GOLDEN.udp[name]))
  })

  it.each(Object.entries(IDENTITY))('with an identity answers %s', (name, question) => {
    const identified = recordedBind({}, {nsid: 'edge-7'})
    expect(identified.answer(question, 'udp', connection()).reply?.toString('hex')).toBe(GOLDEN.identity[name])
  })

  it('names its authors in whatever order', () => {
    const names = (hex: string | null | undefined) =>
      read(Buffer.from(hex ?? '', 'hex')).answers.map(({data}) => data.toString('latin1', 1))
    expect(names(answer(CORPUS[SHUFFLED] ?? Buffer.alloc(0))).sort()).toEqual(names(GOLDEN.udp[SHUFFLED]).sort())
    expect(read(Buffer.from(answer(chaos('authors.bind')) ?? '', 'hex')).flags & 0x0200).toBe(0x0200)
  })
})

describe.each([
  ['tcp', true],
  ['closed', false],
] as const)('BIND over TCP (%s)', (group, transfer) => {
  const server = recordedBind({transfer})
  const answer = (bytes: Buffer): string => {
    const session = new DnsSession((message, asking) => server.answer(message, 'tcp', asking), connection())
    const actions = session.feed(framed(bytes))
    return Buffer.concat(actions.flatMap((each) => (each.type === 'write' ? [each.data] : []))).toString('hex')
  }

  it.each(Object.entries(TRANSFERS))('answers %s', (name, question) => {
    const [said, golden] = [answer(question), GOLDEN[group][name] ?? '']
    if (golden.length < LONG) expect(said).toBe(golden)
    else expect(told(said)).toEqual(told(golden))
  })
})

/** A whole zone; in it BIND writes the owner of an SRV record in full, and all pointers behind that one differ. */
const LONG = 400

function told(hex: string): readonly unknown[] {
  const {flags, questions, answers, additionals} = read(Buffer.from(hex, 'hex').subarray(2))
  return [flags, questions, additionals.length, answers.map(({name, type, ttl}) => [name, type, ttl])]
}

describe('what BIND says of itself', () => {
  it('is the version of the distribution, or the one that the operator gives', () => {
    const shown = (version: string) => {
      const {reply} = recordedBind({}, {bind_version: version}).answer(chaos('version.bind'), 'udp', connection())
      return read(reply ?? undefined).answers[0]?.data.toString('latin1', 1)
    }
    expect(shown('none of your business')).toBe('none of your business')
  })

  it('writes names in full where old clients would not follow a pointer', () => {
    const {reply} = recordedBind().answer(query('_sip._tcp.corp.example', 'SRV'), 'udp', connection())
    const [srv] = read(reply ?? undefined).answers
    expect(srv?.data.toString('latin1')).toContain('\x03www\x04corp\x07example\0')
    expect(plainData({name: [], type: 1, class: 1, ttl: 0, data: [Buffer.from('x')]})).toEqual(Buffer.from('x'))
  })
})
