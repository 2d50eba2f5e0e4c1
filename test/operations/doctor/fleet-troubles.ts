import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'

import {container, ID, network, TROUBLED_FILE, type Trouble} from '../../support/trouble.ts'

const SOCKET = '/run/containerd/containerd.sock'

/** Of other networks, addresses, the state, and what was left over. */
export const FLEET_TROUBLES: readonly Trouble[] = [
  {
    id: 'docker-networks',
    what: 'a Docker network that overlaps',
    spoil: (world) =>
      world.engineSays({networks: [network({name: 'old', driver: 'bridge', subnets: ['192.168.0.0/16']})]}),
    detail: /"old" has 192\.168\.0\.0\/16/,
    fix: /^docker network rm old$/,
  },
  {
    id: 'docker-networks',
    what: 'a Docker network on the same interface',
    spoil: (world) => world.engineSays({networks: [network({parent: 'eth0', subnets: ['10.1.0.0/24']})]}),
    result: 'warning',
    detail: /uses eth0 too/,
    fix: /network rm n/,
  },
  {
    id: 'docker-networks',
    what: 'an ipvlan network on the same interface',
    spoil: (world) => world.engineSays({networks: [network({parent: 'eth0', driver: 'ipvlan'})]}),
    detail: /cannot carry both kinds/,
    fix: /network rm n/,
  },
  {
    id: 'fleet-file',
    what: 'a file whose address is the host',
    spoil: () => undefined,
    text: '[web]\nservices = ssh\nip = 192.168.1.10\n',
    detail: /has a problem: .*own address/,
    fix: /another address/,
  },
  {
    id: 'deployment-limit',
    what: 'a fleet beyond the limit',
    spoil: () => undefined,
    text: '[web]\nservices = ssh\namount = 11\n',
    detail: /11 of 10/,
    fix: /^decnet config set deployment-limit 11$/,
  },
  {
    id: 'docker-addresses',
    what: 'a container with the address of a decky',
    spoil: (world) =>
      world.engineSays({
        networks: [network({parent: 'eth0', endpoints: [{container: ID, name: 'printer', address: '192.168.1.2'}]})],
        containers: [container({name: 'printer'})],
      }),
    text: TROUBLED_FILE,
    detail: /192\.168\.1\.2 \(container printer\) in use/,
    fix: /exclude = 192\.168\.1\.2/,
  },
  {
    id: 'lan-addresses',
    what: 'a machine with the address of a decky, found by iputils arping',
    spoil({programs}) {
      programs.set('arping -V', {code: 0, output: 'arping from iputils 20221126\n'})
      programs.set('arping -D', {code: 0, output: 'Sent 2 probes (2 broadcast(s))\nReceived 0 response(s)\n'})
      programs.set('arping 192.168.1.3', {
        code: 1,
        output: 'Unicast reply from 192.168.1.3 [72:8D:88:30:92:81]  0.522ms\n',
      })
    },
    request: {probeLan: true},
    text: TROUBLED_FILE,
    detail: /192\.168\.1\.3 \(72:8d:88:30:92:81\) in use, found by ARP probes of arping \(iputils\)/,
    fix: /exclude = 192\.168\.1\.3/,
  },
  {
    id: 'lan-addresses',
    what: "machines with the deckies' addresses, found by the kernel where arping may not ask",
    spoil({programs, neighbours}) {
      programs.set('arping -V', {code: 1, output: 'ARPing 2.23, by Thomas Habets <thomas@habets.se>\n'})
      programs.set('arping -0', {code: 1, output: 'arping: you may need to run as root\n'})
      for (const address of ['192.168.1.2', '192.168.1.3']) neighbours.set(address, '0e:d9:6a:ab:97:d0')
    },
    request: {probeLan: true},
    text: TROUBLED_FILE,
    detail: /192\.168\.1\.2 \(0e:d9:6a:ab:97:d0\), 192\.168\.1\.3 .*the kernel's own ARP/,
    fix: /exclude/,
  },
  {
    id: 'lan-addresses',
    what: 'a LAN that nobody can ask: no arping, and an interface without an address on it',
    spoil: ({machine}) => machine.link('eth0', {cidr: '172.20.0.5/24'}),
    request: {probeLan: true},
    text: TROUBLED_FILE,
    result: 'warning',
    detail: /eth0 has no address in 192\.168\.1\.0\/24/,
    fix: /iputils-arping/,
  },
  {
    id: 'dhcp-range',
    what: 'an address among the leases of a DHCP server',
    spoil: ({machine}) =>
      machine.write('/var/lib/misc/dnsmasq.leases', '1 aa:bb 192.168.1.2 pc *\n2 aa:bc 192.168.1.90 tv *\n'),
    text: TROUBLED_FILE,
    result: 'warning',
    detail: /192\.168\.1\.2, 192\.168\.1\.3 lies among the leases 192\.168\.1\.2-192\.168\.1\.90/,
    fix: /exclude = 192\.168\.1\.2-192\.168\.1\.90/,
  },
  {
    id: 'dhcp-range',
    what: 'a LAN with a DHCP server and a file that excludes nothing',
    spoil: ({machine}) => machine.write('/run/systemd/netif/leases/2', '# private\nADDRESS=192.168.1.10\n'),
    text: TROUBLED_FILE,
    result: 'warning',
    detail: /has a DHCP server/,
    fix: /exclude/,
  },
  {
    id: 'state-directory',
    what: 'a state directory that others can read',
    spoil({stateDir}) {
      mkdirSync(stateDir)
      chmodSync(stateDir, 0o755)
    },
    detail: /open to other users/,
    fix: /chmod 700/,
  },
  {
    id: 'state-file',
    what: 'a damaged state file',
    spoil({stateDir, inState}) {
      mkdirSync(stateDir, {mode: 0o700})
      writeFileSync(inState('state.db'), 'no database at all, but long enough'.repeat(40), {mode: 0o600})
    },
    detail: /./,
    fix: /./,
  },
  {
    id: 'state-disk',
    what: 'a nearly full disk of the state',
    spoil: (world) => (world.free = 100 * 1024 ** 2),
    result: 'warning',
    detail: /100 MiB free/,
    fix: /free some space/,
  },
  {
    id: 'interrupted-commands',
    what: 'a command that was killed',
    spoil({stateDir, inState}) {
      mkdirSync(stateDir, {mode: 0o700})
      writeFileSync(inState('lock.json'), JSON.stringify({pid: 2 ** 22 + 1, operation: 'deploy', since: '2026-01-01'}))
    },
    result: 'warning',
    detail: /a deploy \(pid 4194305\) of 2026-01-01 was killed/,
    fix: /reconcile/,
  },
  {
    id: 'other-fleets',
    what: 'deckies of another state directory',
    spoil: (world) => world.engineSays({containers: [container({fleet: '0123456789ab', decky: 'web'})]}),
    result: 'warning',
    detail: /fleet 0123456789ab of another state directory: 1 container, 0 networks/,
    fix: /label=decnet\.fleet=0123456789ab\)$/,
  },
  {
    id: 'own-leftovers',
    what: 'a decky of ours that the fleet does not have',
    async spoil(world) {
      await world.deploy(TROUBLED_FILE)
      const fleet = world.state((store) => store.install().id) ?? ''
      world.engineSays({containers: [container({fleet, decky: 'ghost'}), container({fleet, decky: 'web-01'})]})
    },
    result: 'warning',
    detail: /^ghost: not in the fleet$/,
    fix: /decnet reconcile/,
  },
  {
    id: 'ghost-containers',
    what: 'a container that Docker forgot',
    spoil: ({machine}) =>
      machine.write(
        '/proc/4242/cmdline',
        ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'moby', '-id', ID, '-address', SOCKET, ''].join('\0'),
      ),
    result: 'warning',
    detail: /1 running container that the Engine does not list: aaaaaaaaaaaa/,
    fix: /ctr -a \/run\/containerd\/containerd\.sock/,
  },
  {
    id: 'embedded-process',
    what: 'a decoy process without a fleet',
    spoil({stateDir, inState, machine}) {
      mkdirSync(inState('embedded'), {recursive: true, mode: 0o700})
      chmodSync(stateDir, 0o700)
      writeFileSync(inState('embedded/process.json'), JSON.stringify({pid: process.pid}))
      machine.write(`/proc/${process.pid}/cmdline`, ['node', 'decoy.js', inState('embedded'), ''].join('\0'))
    },
    result: 'warning',
    detail: /plays deckies of no fleet/,
    fix: /teardown --all/,
  },
]
