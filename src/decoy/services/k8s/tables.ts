/** Lists as `kubectl get` prints them: the server decides what columns there are (`meta.k8s.io/v1`, Table). */
import {object, text} from './cluster.ts'
import type {Json} from './objects.ts'

interface Column {
  readonly name: string
  readonly type: 'string' | 'integer'
  readonly format: string
  readonly description: string
  readonly priority: number
}

interface Layout {
  /** Names; with `+` only when more is wanted. */
  readonly columns: readonly string[]
  readonly cells: (item: Json, age: string, now: number) => readonly unknown[]
}

const meta = (item: Json): Json => object(item.metadata)
const count = (value: unknown): number => (typeof value === 'number' ? value : 0)
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : [])
const NONE = '<none>'

const LAYOUTS: Readonly<Record<string, Layout>> = {
  pods: {
    columns: ['Name', 'Ready', 'Status', 'Restarts', 'Age', '+IP', '+Node', '+Nominated Node', '+Readiness Gates'],
    cells: (item, age) => {
      const [spec, status] = [object(item.spec), object(item.status)]
      const containers = list(status.containerStatuses)
      const waiting = containers
        .map((one) => text(object(object(one.state).waiting).reason))
        .find((reason) => reason !== '')
      const ready = containers.filter((one) => one.ready === true).length
      const restarts = containers.reduce((sum, one) => sum + count(one.restartCount), 0)
      return [
        meta(item).name,
        `${ready}/${list(spec.containers).length}`,
        waiting ?? status.phase,
        String(restarts),
        age,
        text(status.podIP) || NONE,
        text(spec.nodeName) || NONE,
        NONE,
        NONE,
      ]
    },
  },
  nodes: {
    columns: [
      'Name',
      'Status',
      'Roles',
      'Age',
      'Version',
      '+Internal-IP',
      '+External-IP',
      '+OS-Image',
      '+Kernel-Version',
      '+Container-Runtime',
    ],
    cells: (item, age) => {
      const info = object(object(item.status).nodeInfo)
      const [address] = list(object(item.status).addresses)
      const control = 'node-role.kubernetes.io/control-plane' in object(meta(item).labels)
      return [
        meta(item).name,
        'Ready',
        control ? 'control-plane' : NONE,
        age,
        info.kubeletVersion,
        address?.address ?? NONE,
        NONE,
        info.osImage,
        info.kernelVersion,
        info.containerRuntimeVersion,
      ]
    },
  },
  namespaces: {
    columns: ['Name', 'Status', 'Age'],
    cells: (item, age) => [meta(item).name, object(item.status).phase ?? 'Active', age],
  },
  secrets: {
    columns: ['Name', 'Type', 'Data', 'Age'],
    cells: (item, age) => [meta(item).name, item.type ?? 'Opaque', Object.keys(object(item.data)).length, age],
  },
  configmaps: {
    columns: ['Name', 'Data', 'Age'],
    cells: (item, age) => [meta(item).name, Object.keys(object(item.data)).length, age],
  },
  serviceaccounts: {columns: ['Name', 'Secrets', 'Age'], cells: (item, age) => [meta(item).name, 0, age]},
  services: {
    columns: ['Name', 'Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', '+Selector'],
    cells: (item, age) => {
      const spec = object(item.spec)
      const ports = list(spec.ports).map(({port, protocol}) => `${port}/${protocol}`)
      const selector = Object.entries(object(spec.selector)).map(([key, value]) => `${key}=${value}`)
      return [
        meta(item).name,
        spec.type ?? 'ClusterIP',
        spec.clusterIP ?? NONE,
        NONE,
        ports.join(','),
        age,
        selector.join(',') || NONE,
      ]
    },
  },
  daemonsets: {
    columns: ['Name', 'Desired', 'Current', 'Ready', 'Up-to-date', 'Available', 'Node Selector', 'Age'],
    cells: (item, age) => {
      const {desiredNumberScheduled: wanted, currentNumberScheduled: current, numberReady: ready} = object(item.status)
      return [
        meta(item).name,
        count(wanted),
        count(current),
        count(ready),
        count(ready),
        count(ready),
        'kubernetes.io/os=linux',
        age,
      ]
    },
  },
  deployments: {
    columns: ['Name', 'Ready', 'Up-to-date', 'Available', 'Age', '+Containers', '+Images', '+Selector'],
    cells: (item, age) => {
      const [spec, status] = [object(item.spec), object(item.status)]
      const containers = list(object(object(spec.template).spec).containers)
      const labels = Object.entries(object(object(spec.selector).matchLabels)).map(([key, value]) => `${key}=${value}`)
      return [
        meta(item).name,
        `${count(status.readyReplicas)}/${count(spec.replicas)}`,
        count(status.updatedReplicas),
        count(status.availableReplicas),
        age,
        containers.map(({name}) => name).join(','),
        containers.map(({image}) => image).join(','),
        labels.join(','),
      ]
    },
  },
}

const OTHER: Layout = {
  columns: ['Name', 'Created At'],
  cells: (item) => [meta(item).name, meta(item).creationTimestamp],
}

const column = (written: string): Column => {
  const name = written.replace(/^\+/, '')
  return {
    name,
    type: name === 'Data' || name === 'Up-to-date' || name === 'Available' || name === 'Secrets' ? 'integer' : 'string',
    format: name === 'Name' ? 'name' : '',
    description: '',
    priority: written.startsWith('+') ? 1 : 0,
  }
}

export function tableOf(
  resource: string,
  items: readonly Json[],
  {version, now}: {version: string; now: number},
): Json {
  const layout = Object.hasOwn(LAYOUTS, resource) ? (LAYOUTS[resource] ?? OTHER) : OTHER
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {resourceVersion: version},
    columnDefinitions: layout.columns.map(column),
    rows: items.map((item) => ({
      cells: layout.cells(item, ageOf(item, now), now),
      object: {kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: meta(item)},
    })),
  }
}

function ageOf(item: Json, now: number): string {
  const created = Date.parse(text(meta(item).creationTimestamp))
  return Number.isNaN(created) ? '<unknown>' : humanDuration(Math.max(0, Math.floor((now - created) / 1000)))
}

/** apimachinery, `duration.HumanDuration`: two units while the larger one is small. */
export function humanDuration(seconds: number): string {
  const two = (large: number, unit: string, small: number, below: string): string =>
    small === 0 ? `${large}${unit}` : `${large}${unit}${small}${below}`
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3600), Math.floor(seconds / 86_400)]
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 192) return two(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  if (days < 2920) return two(Math.floor(days / 365), 'y', days % 365, 'd')
  return `${Math.floor(days / 365)}y`
}
