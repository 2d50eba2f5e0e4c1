import type {ChildProcess, SpawnOptions} from 'node:child_process'
import {importBusybox} from '../lab/busybox.ts'
import {removeEverything} from '../lab/engine-api.ts'
import {INTRUDER_INTERFACE, LAN_INTERFACE} from '../lab/layout.ts'
import {
  addresses,
  type ContainerView,
  DECKY_LABEL,
  FLEET_LABEL,
  images,
  incarnations,
  inspectContainers,
  networks,
  snapshot,
} from './engine-view.ts'
import type {Lab} from './lab.ts'
import type {Site, Squatter, StoredDecky} from './site.ts'

/** A lab: a real Engine on a LAN of its own. */
export class DockerSite implements Site {
  readonly engine = 'docker'
  readonly general = {interface: LAN_INTERFACE}
  readonly lab: Lab

  constructor(lab: Lab) {
    this.lab = lab
  }

  get stateDir(): string {
    return this.lab.layout.stateDir
  }

  get directory(): string {
    return this.lab.layout.directory
  }

  get reserved(): string[] {
    const {address, gateway, intruderAddress} = this.lab.layout
    return [address, gateway, intruderAddress]
  }

  address(host: number): string {
    return this.lab.layout.gateway.replace(/\d+$/, String(host))
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    return this.lab.spawn(command, args, options)
  }

  incarnations(): Promise<Record<string, string>> {
    return incarnations(this.lab)
  }

  addresses(): Promise<Record<string, string | undefined>> {
    return addresses(this.lab)
  }

  snapshot(): Promise<unknown> {
    return snapshot(this.lab)
  }

  async remains(): Promise<string[]> {
    const filter = ['--filter', `label=${FLEET_LABEL}`, '-q', '--no-trunc']
    const listed = await Promise.all([
      this.lab.docker(['ps', '-a', ...filter]),
      this.lab.docker(['network', 'ls', ...filter]),
    ])
    return listed.flatMap((ids) => ids.split('\n').filter(Boolean))
  }

  async differences(stored: readonly StoredDecky[], install: string): Promise<string[]> {
    const own = (await inspectContainers(this.lab)).filter(({Config}) => Config.Labels[FLEET_LABEL] === install)
    const names = new Set(stored.map(({name}) => name))
    return [
      ...stored.flatMap((row) => ofDecky(row, own)),
      ...own.filter(({Config}) => !names.has(`${Config.Labels[DECKY_LABEL]}`)).map(({Name}) => `${Name} is left over`),
      ...duplicates(own),
      ...(await this.#resources(install, stored.length > 0)),
    ]
  }

  async #resources(install: string, wanted: boolean): Promise<string[]> {
    const own = (await networks(this.lab)).filter(({Labels}) => Labels?.[FLEET_LABEL] === install)
    const ofDecoys = (await images(this.lab)).filter((line) => /decnet-decoy:[0-9a-f]{16}|<none>| $/.test(line))
    const expected = wanted ? 1 : 0
    return [
      ...(own.length === expected ? [] : [`there are ${own.length} networks`]),
      ...(ofDecoys.length === expected ? [] : [`there are ${ofDecoys.length} images: ${ofDecoys.join(', ')}`]),
    ]
  }

  async squat(ip: string): Promise<Squatter> {
    const [network] = await networks(this.lab)
    if (network === undefined) throw new Error('the fleet has no network')
    const image = await importBusybox(this.lab)
    const flags = ['--name', 'squatter', '--network', network.Name, '--ip', ip]
    await this.lab.docker(['run', '-d', ...flags, image, 'sleep', '3600'])
    return {
      name: /squatter/,
      look: async () => (await inspectContainers(this.lab)).filter(({Name}) => Name === '/squatter'),
      leave: async () => {
        await this.lab.docker(['rm', '-f', 'squatter'])
      },
    }
  }

  async clear(): Promise<void> {
    await removeEverything(this.lab.socket)
    // The next install has other MACs for the same addresses; the intruder would talk to the old ones for half a minute.
    await this.lab.intruder('ip', ['neigh', 'flush', 'dev', INTRUDER_INTERFACE])
  }

  dispose(): Promise<void> {
    return this.lab.dispose()
  }
}

function ofDecky(row: StoredDecky, own: readonly ContainerView[]): string[] {
  const found = own.filter(({Config}) => Config.Labels[DECKY_LABEL] === row.name)
  const [container] = found
  if (container === undefined || found.length > 1) return [`${row.name} has ${found.length} containers`]
  const {mac}: {mac: string} = JSON.parse(row.decky)
  const [endpoint] = Object.values(container.NetworkSettings.Networks)
  const facts: [string, unknown, unknown][] = [
    ['state', container.State.Status, 'running'],
    ['address', endpoint?.IPAddress, row.ip],
    ['MAC', endpoint?.MacAddress.toLowerCase(), mac],
    ['config hash', container.Config.Labels['decnet.config-hash'], row.config_hash],
    ['restart policy', container.HostConfig.RestartPolicy.Name, 'always'],
  ]
  return facts.flatMap(([what, is, should]) => (is === should ? [] : [`${row.name} has ${what} ${is}, not ${should}`]))
}

function duplicates(own: readonly ContainerView[]): string[] {
  const seen = new Set<string>()
  const held = own.flatMap(({NetworkSettings}) =>
    Object.values(NetworkSettings.Networks).flatMap(({IPAddress, MacAddress}) => [IPAddress, MacAddress]),
  )
  return held
    .filter((address) => address !== '' && seen.size === seen.add(address).size)
    .map((a) => `${a} is held twice`)
}
