/**
 * What deckies answer to datagrams of foreign addresses, which anybody may forge: never more than was sent, whatever is
 * asked. The LAN's router is the intruder, so all that goes to those addresses is seen.
 */
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {SERVICE_DEFINITIONS} from '../../src/catalog/services.ts'
import {type Amplifier, amplifiers, CLOSED, DOMAIN, LARGE_FILE} from '../support/amplifiers.ts'
import {type Bench, useBench} from '../support/bench.ts'
import type {DeckyDocument} from '../support/documents.ts'
import {addAddresses, intrude} from '../support/intruder-script.ts'
import {describeOnLab} from '../support/lab.ts'
import {PacketCount, type Traffic} from '../support/packet-count.ts'
import {keep} from '../support/promise-tally.ts'
import {rounds} from '../support/soak.ts'
import type {AskerJob} from '../support/udp-asker-main.ts'

const LIMIT_MS = 600_000
const FLEET = {
  dc: {services: 'dns, kerberos, ldap, nbns, ntp, llmnr', os: 'windows_server'},
  'dc.ldap': {controller: 'yes'},
  sql: {services: 'mssql, nbns, snmp', os: 'windows_server'},
  box: {services: 'dns, ntp, snmp, tftp, nfs, llmnr, sip, memcached', os: 'linux', distro: 'debian'},
  'box.llmnr': {announce: 'http:80, ipp:631, ssh:22'},
  core: {services: 'ntp, snmp, tftp, telnet', os: 'cisco'},
} as const

/** TEST-NET-2: nobody's (RFC 5737). */
const FOREIGN = '198.51.100'
const UDP_PORTS = new Set(
  SERVICE_DEFINITIONS.flatMap(({ports}) => ports.flatMap(({port, protocol}) => (protocol === 'udp' ? [port] : []))),
)
/** Of one protocol. */
const REQUESTS = rounds(200, 10_000)
/** Below what a decky hears of one such source in a second, so that each is answered if it is at all. */
const PER_SECOND = 40
const HEARD_PER_SECOND = 50
const PACED_SECONDS = rounds(1, 30)

interface Question extends Amplifier {
  readonly source: string
  readonly decky: string
  readonly ip: string
  readonly port: number
  /** A TCP port of that decky. */
  readonly tcp: number
}

/** Everything there is to ask of every decky, each from an address of its own. */
function questionsTo(deckies: readonly DeckyDocument[], source: (index: number) => string): Question[] {
  return deckies
    .flatMap(({name, ip, hostname, services}) => {
      const ports = new Set(services.map(({port}) => port))
      const tcp = services.find(({port}) => !UDP_PORTS.has(port) || port === 389 || port === 53)?.port ?? 0
      const open = [...ports].filter((port) => UDP_PORTS.has(port))
      return open.flatMap((port) => amplifiers(port, hostname).map((each) => ({...each, decky: name, ip, port, tcp})))
    })
    .map((question, index) => ({...question, source: source(index)}))
}

const title = ({decky, port, name}: Question): string => `${decky} ${port}: ${name}`

interface Manner {
  readonly times: (question: Question) => number
  readonly perSecond: number
  readonly knock?: boolean
}

function job(questions: readonly Question[], {times, perSecond, knock = false}: Manner): AskerJob {
  return {
    questions: questions.flatMap((question) => {
      const {source, ip, port, bytes, tcp} = question
      const asked = {source, ip, port, bytes: bytes.toString('base64'), times: times(question)}
      return asked.times === 0 ? [] : [{...asked, ...(knock && {knock: tcp})}]
    }),
    perSecond,
  }
}

/** Something large that lies on each TFTP server. */
async function upload(on: Bench, deckies: readonly DeckyDocument[]): Promise<void> {
  writeFileSync(join(on.site.directory, LARGE_FILE), Buffer.alloc(60_000, 'x'))
  for (const {ip, services} of deckies) {
    if (!services.some(({name}) => name === 'tftp')) continue
    const put = ['-m', 'binary', ip, '-c', 'put', LARGE_FILE]
    const outcome = await on.lab.intruder('tftp', put, {cwd: on.site.directory})
    expect(outcome.stdout + outcome.stderr).toBe('')
  }
}

/** No answer comes from where no service is. */
async function expectNobody(on: Bench, deckies: readonly DeckyDocument[], source: string): Promise<void> {
  const questions = CLOSED.flatMap(([port, bytes]) =>
    deckies.map(({ip}) => ({source, ip, port, bytes: bytes.toString('base64'), times: 20})),
  )
  const count = await PacketCount.start(on.lab, `${source}/32`)
  await intrude(on.lab, 'udp-asker-main.ts', {questions, perSecond: PER_SECOND} satisfies AskerJob)
  const traffic = (await count.stop([source])).get(source)
  expect(traffic).toMatchObject({packetsTo: 20 * questions.length, packetsFrom: 0})
}

async function deployed(on: Bench): Promise<readonly DeckyDocument[]> {
  await on.deploy(on.text(FLEET, {domain: DOMAIN}))
  const {deckies} = await on.status()
  await upload(on, deckies)
  return deckies
}

describeOnLab('a datagram', () => {
  const bench = useBench('amplify', {tools: ['tcpdump', 'tftp'], keepsFleet: true})
  const measured = async (on: Bench, questions: readonly Question[], net: string, work: () => Promise<unknown>) => {
    const count = await PacketCount.start(on.lab, net)
    await work()
    const traffic = await count.stop(questions.map(({source}) => source))
    return (question: Question): Traffic => {
      const found = traffic.get(question.source)
      if (found === undefined) throw new Error(`${title(question)}: not counted`)
      return found
    }
  }

  it('with a source that may be forged gets no more than was sent', {timeout: LIMIT_MS}, async () => {
    const on = bench()
    const deckies = await deployed(on)
    const questions = questionsTo(deckies, (index) => `${FOREIGN}.${index + 1}`)
    expect(new Set(questions.map(({port}) => port))).toEqual(UDP_PORTS)
    expect(questions.length).toBeLessThan(250)
    const sources = questions.map(({source}) => source)
    const closed = `${FOREIGN}.254`
    await addAddresses(on.lab, [...sources, closed])
    const ofPort = Map.groupBy(questions, ({port}) => port)
    const each = ({port}: Question): number => Math.ceil(REQUESTS / (ofPort.get(port)?.length ?? 1))
    const paced = (question: Question): number => Math.min(each(question), PER_SECOND * PACED_SECONDS)
    const manners: readonly Manner[] = [
      {times: paced, perSecond: PER_SECOND},
      {times: (question) => each(question) - paced(question), perSecond: 0},
    ]
    await keep('P32', `${REQUESTS} requests to each of ${ofPort.size} UDP ports`, 1, async ({highest}) => {
      let answered = 0
      for (const manner of manners) {
        const traffic = await measured(on, questions, `${FOREIGN}.0/24`, () =>
          intrude(on.lab, 'udp-asker-main.ts', job(questions, manner), LIMIT_MS),
        )
        for (const question of questions) {
          const {bytesTo, bytesFrom, packetsFrom, mostInASecond} = traffic(question)
          if (bytesTo > 0) highest(`thousandths of what was sent to ${question.port}`, (1000 * bytesFrom) / bytesTo)
          if (packetsFrom > 0) answered++
          expect(bytesFrom, title(question)).toBeLessThanOrEqual(bytesTo)
          // Any second is part of two of those in which a decky counts.
          expect(mostInASecond, title(question)).toBeLessThanOrEqual(2 * HEARD_PER_SECOND)
        }
      }
      expect(answered, 'some real answers are no longer than their questions').toBeGreaterThan(20)
      await expectNobody(on, deckies, closed)
      const told = await on.run(['events', '--event', 'suppressed', '--limit', '100000', '--json'])
      expect(told.stdout).toContain('reply-budget')
    })
  })

  it.each([
    ['from a neighbour', (on: Bench, index: number) => on.site.address(100 + index), false],
    ['after a TCP handshake', (_: Bench, index: number) => `203.0.113.${index + 1}`, true],
  ] as const)('%s gets the whole answer', {timeout: LIMIT_MS}, async (_, source, knock) => {
    const on = bench()
    const {deckies} = await on.status()
    const questions = questionsTo(deckies, (index) => source(on, index)).filter(({full}) => full === true)
    await addAddresses(
      on.lab,
      questions.map((question) => question.source),
    )
    const net = knock ? '203.0.113.0/24' : on.lab.layout.subnet
    const traffic = await measured(on, questions, net, () =>
      intrude(on.lab, 'udp-asker-main.ts', job(questions, {times: () => 1, perSecond: 1, knock})),
    )
    const short = questions.filter((question) => traffic(question).bytesFrom <= traffic(question).bytesTo)
    expect(short.map((question) => `${title(question)} ${JSON.stringify(traffic(question))}`)).toEqual([])
  })
})
