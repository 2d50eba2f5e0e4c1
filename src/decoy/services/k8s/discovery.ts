/** The documents that tell a client what the API has. */
import {GROUP_VERSIONS, type GroupVersion} from './resources.ts'

type Json = Readonly<Record<string, unknown>>

export const coreVersions = (address: string): Json => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{clientCIDR: '0.0.0.0/0', serverAddress: address}],
})

function groupJson(group: string, versions: readonly GroupVersion[]): Json {
  const shown = versions.map(({version}) => ({groupVersion: `${group}/${version}`, version}))
  return {name: group, versions: shown, preferredVersion: shown[0]}
}

const named = (): Map<string, GroupVersion[]> =>
  Map.groupBy(
    GROUP_VERSIONS.filter(({group}) => group !== ''),
    ({group}) => group,
  )

export const groupList = (): Json => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [...named()].map(([group, versions]) => groupJson(group, versions)),
})

export function oneGroup(group: string): Json | null {
  const versions = named().get(group)
  return versions === undefined ? null : {kind: 'APIGroup', apiVersion: 'v1', ...groupJson(group, versions)}
}

export function resourceList(group: string, version: string): Json | null {
  const found = GROUP_VERSIONS.find((each) => each.group === group && each.version === version)
  if (found === undefined) return null
  return {
    kind: 'APIResourceList',
    // The core group is older than the rule.
    ...(group === '' ? {} : {apiVersion: 'v1'}),
    groupVersion: group === '' ? version : `${group}/${version}`,
    resources: found.resources.map(({json}) => json),
  }
}

const CHECKS = [
  'ping',
  'log',
  'etcd',
  'poststarthook/start-kube-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/bootstrap-controller',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/aggregator-reload-proxy-client-cert',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-status-available-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

/** `/healthz`, `/livez` and `/readyz`; null: there is no such check. */
export function health(path: string, verbose: boolean): string | null {
  const [, name = '', check] = /^\/(healthz|livez|readyz)(?:\/(.+))?$/.exec(path) ?? []
  if (name === '') return null
  if (check !== undefined) return CHECKS.includes(check) ? 'ok' : null
  return verbose ? `${CHECKS.map((one) => `[+]${one} ok\n`).join('')}${name} check passed\n` : 'ok'
}

export function paths(): Json {
  const groups = [...named()].flatMap(([group, versions]) => [
    `/apis/${group}`,
    ...versions.map(({version}) => `/apis/${group}/${version}`),
  ])
  const checks = ['healthz', 'livez', 'readyz'].flatMap((name) => [
    `/${name}`,
    ...CHECKS.map((check) => `/${name}/${check}`),
  ])
  const others = ['/logs', '/metrics', '/openapi/v2', '/openapi/v3', '/openapi/v3/', '/openid/v1/jwks', '/version']
  const all = [
    '/.well-known/openid-configuration',
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    ...groups,
    ...checks,
    ...others,
  ]
  return {paths: all.toSorted((a, b) => (a < b ? -1 : 1))}
}
