/** Resources of somebody else's, as close to a fleet's own as names and labels allow. */
import {importBusybox} from '../lab/busybox.ts'
import type {Bench} from './bench.ts'
import {
  type ContainerView,
  DECKY_LABEL,
  deckyContainers,
  FLEET_LABEL,
  images,
  inspectContainers,
  type NetworkView,
  networks,
} from './engine-view.ts'

export interface Foreign {
  readonly containers: readonly string[]
  readonly networks: readonly string[]
  readonly image: string
}

/** Plants them beside a fleet that runs. */
export async function plantLookAlikes({lab}: Bench): Promise<Foreign> {
  const [own] = (await deckyContainers(lab)).values()
  const [network] = await networks(lab)
  if (own === undefined || network === undefined) throw new Error('no fleet runs that could be imitated')
  const {[FLEET_LABEL]: fleet, [DECKY_LABEL]: decky} = own.Config.Labels
  const labels = [
    {},
    {[FLEET_LABEL]: `${fleet}0`, [DECKY_LABEL]: `${decky}`},
    {[FLEET_LABEL]: '', [DECKY_LABEL]: `${decky}`},
  ]
  const busybox = await importBusybox(lab)
  const containers = [`${own.Name.slice(1)}-2`, `decnet-${decky}`, `zz-${decky}`]
  for (const [index, name] of containers.entries()) {
    const run = ['run', '-d', '--network', 'none', '--name', name, ...labelFlags(labels[index] ?? {})]
    await lab.docker([...run, busybox, 'sleep', '36000'])
  }
  const looks = [`${network.Name}-2`, `x${network.Name}`]
  for (const [index, name] of looks.entries()) {
    const create = ['network', 'create', '-d', 'bridge', '--subnet', `10.9${8 + index}.0.0/24`]
    await lab.docker([...create, ...labelFlags(labels[1] ?? {}), name])
  }
  const image = `${own.Config.Image.split(':')[0]}:other`
  await lab.docker(['tag', busybox, image])
  return {containers, networks: looks, image}
}

/** Everything about them, to compare with what it was. */
export async function lookAt(
  {lab}: Bench,
  foreign: Foreign,
): Promise<{containers: ContainerView[]; networks: NetworkView[]; images: string[]}> {
  return {
    containers: (await inspectContainers(lab)).filter(({Name}) => foreign.containers.includes(Name.slice(1))),
    networks: (await networks(lab)).filter(({Name}) => foreign.networks.includes(Name)),
    images: (await images(lab)).filter((line) => line.includes(foreign.image)),
  }
}

export async function uproot({lab}: Bench, foreign: Foreign): Promise<void> {
  for (const name of foreign.containers) await lab.docker(['rm', '-f', name])
  for (const name of foreign.networks) await lab.docker(['network', 'rm', name])
}

function labelFlags(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`])
}
