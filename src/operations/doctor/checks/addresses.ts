import {DecnetError} from '../../../fleet/errors.ts'
import {contains, formatAddress, parseAddress} from '../../../fleet/ipv4.ts'
import {leaseFacts} from '../../../network/dhcp-leases.ts'
import {type Check, failed, ofError, ok, skipped, warning} from '../check.ts'
import type {DoctorFacts} from '../facts.ts'
import {probeLan} from '../lan-probe.ts'

/** Frames on somebody's LAN are few, whatever the fleet. */
const MOST_PROBED = 256
const SHOWN = 4

const UNKNOWN = skipped('the network is not known')
const NO_CANDIDATES = skipped('no address is about to be used')

/** What a file cannot be resolved for is the finding of `fleet-file`. */
async function candidatesOf(facts: DoctorFacts): Promise<readonly string[]> {
  return facts.candidates().catch(() => [])
}

export const dockerAddresses: Check = {
  id: 'docker-addresses',
  group: 'addresses',
  title: 'Addresses in Docker',
  why: 'This host cannot see containers on the LAN that share its interface, but their addresses collide all the same.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    const network = await facts.knownNetwork()
    if (details === null || network === null) return skipped('the engine or the network is not known')
    const candidates = await candidatesOf(facts)
    if (candidates.length === 0) return NO_CANDIDATES
    const own = facts.state.snapshot?.install.id
    const owners = new Map(details.containers.map(({id, fleet}) => [id, fleet]))
    const held = details.networks
      .filter(({parent}) => parent === network.network.interface)
      .flatMap(({endpoints}) => endpoints)
      .filter(({address, container}) => candidates.includes(address) && !isOwn(owners.get(container), own))
    if (held.length === 0) return ok(`no container has one of ${count(candidates)}`)
    const holders = held.map(({address, name}) => `${address} (container ${name})`)
    return failed(`${list(holders)} in use`, evasion(held.map(({address}) => address)))
  },
}

function isOwn(fleet: string | null | undefined, install: string | undefined): boolean {
  return install !== undefined && fleet === install
}

export const lanAddresses: Check = {
  id: 'lan-addresses',
  group: 'addresses',
  title: 'Addresses on the LAN',
  why: 'A decky with the address of a real machine takes it off the network, or is never reached itself.',
  engine: 'docker',
  deadlineMs: 60_000,
  async run(facts, signal) {
    if (!facts.request.probeLan) return skipped('only with --probe-lan, which sends ARP requests')
    if (!facts.local) return skipped('deckies run on another machine: run decnet doctor there')
    const known = await facts.knownNetwork()
    if (known === null) return UNKNOWN
    const candidates = (await candidatesOf(facts)).slice(0, MOST_PROBED)
    if (candidates.length === 0) return NO_CANDIDATES
    const {network, reservations} = known
    const request = {device: network.interface, subnet: reservations.subnet, addresses: candidates}
    const outcome = await probeLan(facts.deps.surroundings, request, signal)
    if (outcome === null) {
      const detail = `${network.interface} has no address in ${network.subnet}, and there is no arping that may ask`
      return warning(detail, 'apt install iputils-arping, and run it as root')
    }
    const {holders, method} = outcome
    const taken = candidates.filter((address) => holders.has(address))
    if (taken.length === 0) return ok(`nobody answers for ${count(candidates)}, asked by ${method}`)
    const found = taken.map((address) => `${address} (${holders.get(address)})`)
    return failed(`${list(found)} in use, found by ${method}`, evasion(taken))
  },
}

export const dhcpRange: Check = {
  id: 'dhcp-range',
  group: 'addresses',
  title: 'DHCP range',
  why: 'A DHCP server gives the address of a decky to the next laptop unless the two ranges are apart.',
  engine: 'docker',
  async run(facts) {
    const known = await facts.knownNetwork()
    if (known === null) return UNKNOWN
    const {given, received} = leaseFacts(facts.host, known.reservations.subnet)
    const [first, last] = [given[0], given.at(-1)]
    const candidates = await candidatesOf(facts)
    if (first !== undefined && last !== undefined) {
      const range = `${formatAddress(first)}-${formatAddress(last)}`
      const inside = candidates.filter((address) => contains({first, last}, parseAddress(address) ?? -1))
      if (inside.length === 0) return ok(`leases lie in ${range}, and no decky does`)
      return warning(`${list(inside)} lies among the leases ${range}`, `\`exclude = ${range}\` in [general]`)
    }
    if (known.reservations.exclude.length > 0) return ok('`exclude` keeps addresses free')
    const fix = 'if a DHCP server serves this LAN, name its range: `exclude = FIRST-LAST` in [general]'
    return received
      ? warning('this LAN has a DHCP server, and the fleet file excludes nothing', fix)
      : skipped('nothing here tells of a DHCP server', fix)
  },
}

export const deploymentLimit: Check = {
  id: 'deployment-limit',
  group: 'addresses',
  title: 'Deployment limit',
  why: 'A fleet that would exceed the limit is refused as a whole.',
  run({request: {spec}, state: {snapshot}}) {
    if (snapshot === null) return skipped('the state cannot be read')
    const limit = snapshot.settings['deployment-limit']
    const names = new Set(snapshot.stored?.fleet.deckies.map(({name}) => name.toLowerCase()))
    for (const {name} of spec?.deckies ?? []) names.add(name.toLowerCase())
    const found = `${names.size} of ${limit} deckies`
    return names.size > limit ? failed(found, `decnet config set deployment-limit ${names.size}`) : ok(found)
  },
}

export const fleetFile: Check = {
  id: 'fleet-file',
  group: 'addresses',
  title: 'Fleet file',
  why: 'Only with the network and the present fleet does it show whether every decky gets what it asks for.',
  async run(facts) {
    const {spec} = facts.request
    if (spec === null) return skipped('none is named')
    if (facts.state.snapshot === null) return skipped('the state cannot be read')
    try {
      const wanted = await facts.wantedDeckies()
      return ok(`${spec.file}: ${wanted.length} ${wanted.length === 1 ? 'decky' : 'deckies'}, each with an address`)
    } catch (error) {
      const finding = ofError(error)
      const [first] = error instanceof DecnetError ? error.diagnostics : []
      if (first === undefined) return finding
      return {
        ...finding,
        detail: `${finding.detail}: ${first.summary}`,
        fix: first.hint ?? 'decnet plan shows all problems',
      }
    }
  },
}

function count(addresses: readonly string[]): string {
  return addresses.length === 1 ? `${addresses[0]}` : `${addresses.length} addresses (${list(addresses)})`
}

function list(items: readonly string[]): string {
  const more = items.length - SHOWN
  return `${items.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function evasion(addresses: readonly string[]): string {
  return `\`exclude = ${addresses.join(', ')}\` in [general], or another \`ip\` for the decky`
}
