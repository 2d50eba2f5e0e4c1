import {contains, parseSubnet} from '../../../fleet/ipv4.ts'
import {linkFacts} from '../../../network/link.ts'
import {agreementProblem, interfaceProblem, stackedProblem, wirelessProblem} from '../../../network/parent.ts'
import type {NetworkFacts} from '../../network-facts.ts'
import {type Check, type Finding, failed, ofError, ofParent, ok, skipped, warning} from '../check.ts'
import type {DoctorFacts} from '../facts.ts'

const ELSEWHERE = skipped('deckies run on another machine: run decnet doctor there')
const UNKNOWN = skipped('the network is not known')

/** Runs what looks at the local interface, where it is local and known. */
function onParent(look: (facts: DoctorFacts, network: NetworkFacts) => Finding): Check['run'] {
  return async (facts) => {
    if (!facts.local) return ELSEWHERE
    const network = await facts.knownNetwork()
    return network === null ? UNKNOWN : look(facts, network)
  }
}

export const networkFacts: Check = {
  id: 'network',
  group: 'network',
  title: 'Network',
  why: 'Interface, subnet and gateway say where the deckies appear.',
  async run(facts) {
    try {
      const {network} = await facts.network()
      return ok(`${network.driver} on ${network.interface}, ${network.subnet}, gateway ${network.gateway}`)
    } catch (error) {
      return ofError(error)
    }
  },
}

export const parentInterface: Check = {
  id: 'parent-interface',
  group: 'network',
  title: 'Interface',
  why: 'Deckies send and receive through it: when it is down, all of them are.',
  engine: 'docker',
  run: onParent(({host}, {network}) => {
    const carrier = linkFacts(host, network.interface)?.carrier === true ? ' and has a carrier' : ''
    return ofParent(interfaceProblem(host, network), `${network.interface} is up${carrier}`)
  }),
}

export const wireless: Check = {
  id: 'wireless',
  group: 'network',
  title: 'Wired',
  why: 'An access point hands on frames of stations that joined it and of nobody else.',
  engine: 'docker',
  run: onParent(({host}, {network}) => {
    const link = linkFacts(host, network.interface)
    if (link === null) return skipped(`${network.interface} is not seen`)
    const fine = link.kind === 'wireless' ? 'wireless, with ipvlan' : `${network.interface} is not wireless`
    return ofParent(wirelessProblem(host, network), fine)
  }),
}

export const stacked: Check = {
  id: 'parent-kind',
  group: 'network',
  title: 'Kind of interface',
  why: 'On an interface that is made of others the deckies may end up beside the LAN instead of on it.',
  engine: 'docker',
  run: onParent(({host}, {network}) => {
    const link = linkFacts(host, network.interface)
    if (link === null) return skipped(`${network.interface} is not seen`)
    const mode = link.promiscuous === true ? ', in promiscuous mode' : ''
    return ofParent(stackedProblem(link), `${link.kind}${mode}`)
  }),
}

/** Gateway, host, and one decky. */
const LEAST_BITS = 29

export const agreement: Check = {
  id: 'subnet-gateway',
  group: 'network',
  title: 'Subnet and gateway',
  why: 'Deckies whose subnet or gateway is not that of the LAN answer no one outside it.',
  engine: 'docker',
  run: onParent(({host}, {network, reservations}) => {
    const problem = agreementProblem(host, network)
    if (problem === null && reservations.subnet.bits > LEAST_BITS) {
      return warning(
        `${network.subnet} has room for few deckies`,
        'use a larger subnet: `net` in [general], or --subnet',
      )
    }
    return ofParent(problem, `${network.subnet} through ${network.gateway}`)
  }),
}

export const dockerNetworks: Check = {
  id: 'docker-networks',
  group: 'network',
  title: 'Other Docker networks',
  why: 'Two Docker networks cannot have overlapping subnets, and until Engine 27 not the same interface.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    const known = await facts.knownNetwork()
    if (details === null || known === null) return skipped('the engine or the network is not known')
    const own = facts.state.snapshot?.install.id
    const others = details.networks.filter(({fleet}) => fleet === null || fleet !== own)
    const overlapping = others.find(({subnets}) => subnets.some((cidr) => overlap(cidr, known)))
    if (overlapping !== undefined) {
      return failed(
        `the network "${overlapping.name}" has ${overlapping.subnets.join(', ')}, which overlaps ${known.network.subnet}`,
        `docker network rm ${overlapping.name}`,
      )
    }
    const sharing = others.find(({parent}) => parent !== '' && parent === known.network.interface)
    if (sharing === undefined) return ok('none is in the way')
    return sharing.driver === known.network.driver
      ? warning(`the network "${sharing.name}" uses ${sharing.parent} too`, `docker network rm ${sharing.name}`)
      : failed(
          `the ${sharing.driver} network "${sharing.name}" holds ${sharing.parent}, which cannot carry both kinds`,
          `docker network rm ${sharing.name}`,
        )
  },
}

function overlap(cidr: string, {reservations: {subnet}}: NetworkFacts): boolean {
  const other = parseSubnet(cidr)
  return other.ok && (contains(subnet, other.subnet.first) || contains(other.subnet, subnet.first))
}
