import {CLASS, TYPE} from '../../codecs/dns/constants.ts'
import {readMessage} from '../../codecs/dns/message.ts'
import {writeMessage} from '../../codecs/dns/writer.ts'
import type {OptionValues} from '../../definition.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, SelfTest, Service} from '../../service.ts'
import {baitNames} from './bait-names.ts'
import {LLMNR_PORT} from './definition.ts'
import {LLMNR_GROUP} from './groups.ts'
import {linkNames} from './link-names.ts'
import {MulticastDns} from './multicast-dns.ts'
import type {OwnNames} from './own-names.ts'
import {Trap} from './trap.ts'

const DEFAULT_INTERVAL = 900
/** systemd-resolved, which is what answers LLMNR beside Avahi. */
const LINUX_GROUP = {...LLMNR_GROUP, ttl: 255}

export const createService: CreateService = (persona, options): Service => {
  const windows = isWindows(persona, options)
  const own = ownNames(persona, options, windows)
  const group = windows ? LLMNR_GROUP : LINUX_GROUP
  const names = Array.isArray(options.names) && options.names.length > 0 ? options.names : baitNames(persona)
  const trap = new Trap({
    persona,
    names,
    interval: typeof options.interval === 'number' ? options.interval : DEFAULT_INTERVAL,
    protocols: windows ? ['llmnr', 'mdns', 'nbns'] : ['llmnr', 'mdns'],
    ttl: group.ttl,
  })
  const llmnr = linkNames({own, group, compress: !windows, trap})
  const mdns = new MulticastDns(own, trap)
  return {
    udp: (port) => (port === LLMNR_PORT ? llmnr : mdns),
    ...(options.trap === false ? {} : {beacons: () => trap}),
    selfTest: (port) => selfTest(port === LLMNR_PORT ? [own.hostname] : [own.hostname, 'local']),
  }
}

function isWindows({facts: {os}}: Persona, {product}: OptionValues): boolean {
  return typeof product === 'string' ? product === 'windows' : os === 'windows' || os === 'windows_server'
}

/** Windows announces nothing by itself; Avahi what it was told to. */
function ownNames({hostname, facts}: Persona, {announce}: OptionValues, windows: boolean): OwnNames {
  const offers: readonly string[] = Array.isArray(announce) && !windows ? announce : []
  return {
    // Names of the link have one label.
    hostname: hostname.split('.')[0] ?? hostname,
    ip: facts.ip,
    offers: offers.map((offer) => {
      const [name = '', port = ''] = offer.split(':')
      return [name, Number(port)] as const
    }),
  }
}

/** Asks for its own name, as a plain resolver does. */
function selfTest(name: readonly string[]): SelfTest {
  const id = 0x3c19
  return {
    send: writeMessage({id, flags: 0, questions: [{name, type: TYPE.A, class: CLASS.IN}]}),
    accepts: (reply) => {
      const message = readMessage(reply)
      return message.id === id && message.answers.length === 1
    },
  }
}
