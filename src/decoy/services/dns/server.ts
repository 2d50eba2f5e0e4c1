import {CLASS, FLAG, RCODE, TYPE} from '../../codecs/dns/constants.ts'
import {readMessage} from '../../codecs/dns/message.ts'
import {nameOf} from '../../codecs/dns/name.ts'
import {writeMessage} from '../../codecs/dns/writer.ts'
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {NameServer} from './name-server.ts'
import {bind} from './products/bind.ts'
import type {Product} from './products/product.ts'
import {WINDOWS} from './products/windows.ts'
import {DnsSession, framed} from './session.ts'
import {QueryWatch} from './watch.ts'
import type {Zone} from './zone.ts'
import {directoryZones} from './zones/active-directory.ts'
import {companyZones} from './zones/company.ts'

/** Of a persona without a domain, as for everything that speaks for one. */
const FALLBACK_DOMAIN = 'corp.local'

interface Played {
  readonly product: Product
  readonly zones: readonly Zone[]
}

export const createService: CreateService = (persona, options): Service => {
  const played = play(persona, options)
  const server = new NameServer({
    ...played,
    transfer: options.transfer === true,
    cookieKey: persona.bytes('dns cookies', 32),
    watch: new QueryWatch(),
  })
  return {
    tcp: () => ({
      kind: 'protocol',
      session: (connection) => new DnsSession((message, asking) => server.answer(message, 'tcp', asking), connection),
    }),
    udp: () => ({
      datagram(bytes, connection) {
        const {reply, events, proven} = server.answer(bytes, 'udp', connection)
        return {replies: reply === null ? [] : [reply], events, proven}
      },
    }),
    selfTest: (_port, protocol = 'tcp') => selfTest(played.zones, protocol),
  }
}

function play(persona: Persona, options: OptionValues): Played {
  const given = typeof options.domain === 'string' ? options.domain : null
  const name = typeof options.product === 'string' ? options.product : usualProduct(persona)
  if (name === 'windows') return {product: WINDOWS, zones: directoryZones(persona, given, options.extra_records)}
  const domain = given ?? persona.facts.domain ?? FALLBACK_DOMAIN
  return {product: bind(persona, options), zones: companyZones(persona, domain, options.extra_records)}
}

function usualProduct({facts: {os}}: Persona): string {
  return os === 'windows' || os === 'windows_server' ? 'windows' : 'bind'
}

/** The SOA of the first zone, of which any answer will do: over UDP to a stranger it is an empty one. */
function selfTest(zones: readonly Zone[], protocol: 'tcp' | 'udp'): SelfTest {
  const name = zones[0]?.origin ?? nameOf(FALLBACK_DOMAIN)
  const id = 0x2a5d
  const question = writeMessage({
    id,
    flags: FLAG.RECURSION_DESIRED,
    questions: [{name, type: TYPE.SOA, class: CLASS.IN}],
  })
  return {
    send: protocol === 'tcp' ? framed(question) : question,
    accepts(reply) {
      const message = readMessage(protocol === 'tcp' ? reply.subarray(2) : reply)
      return message.id === id && message.rcode === RCODE.NOERROR
    },
  }
}
