import type {Archetype, Catalog, Distro, OptionResult, OsName, OsProfile, ServiceInfo} from '../../src/fleet/catalog.ts'

type Decode = (raw: string) => OptionResult

const text: Decode = (value) =>
  value.length <= 256 ? {ok: true, value} : {ok: false, expected: 'at most 256 characters'}
const port: Decode = (raw) => {
  const value = /^\d{1,5}$/.test(raw) ? Number(raw) : 0
  return value >= 1 && value <= 65_535 ? {ok: true, value} : {ok: false, expected: 'a whole number from 1 to 65535'}
}
const oneOf =
  (...values: string[]): Decode =>
  (value) =>
    values.includes(value) ? {ok: true, value} : {ok: false, expected: `one of ${values.join(', ')}`}

function service(name: string, ports: readonly number[], options: Readonly<Record<string, Decode>>): ServiceInfo {
  const table = new Map(Object.entries(options))
  return {
    name,
    roles: [name],
    optionNames: [...table.keys()],
    secretOptions: [...table.keys()].filter((key) => key === 'users' || key === 'password'),
    parseOption: (key, raw) => table.get(key)?.(raw) ?? {ok: false, expected: 'a known option'},
    ports: ({port: moved}) =>
      typeof moved === 'number'
        ? [{port: moved, protocol: 'tcp'}]
        : ports.map((number) => ({port: number, protocol: 'tcp'})),
  }
}

function archetype(name: string, services: readonly string[], os: OsName, distros: readonly string[]): Archetype {
  return {name, summary: name, services, os, distros, roles: [name]}
}

function byName<N extends string, T extends {readonly name: N}>(items: readonly T[]): Map<N, T> {
  return new Map(items.map((item) => [item.name, item]))
}

const distro = (name: string, os: OsName): Distro => ({name, summary: name, os, hostnamePatterns: ['{role}{nn}']})
const profile = (name: OsName): OsProfile => ({name, ouis: ['00:50:56'], sysctls: {}})

/** A catalogue that is small enough to know by heart. */
export const CATALOG: Catalog = {
  services: byName([
    service('ssh', [22], {banner: text, port, users: text}),
    service('http', [80, 443], {product: oneOf('nginx', 'apache'), port, title: text}),
    service('https', [443], {port}),
    service('redis', [6379], {port, password: text}),
    service('smb', [445, 139], {}),
  ]),
  archetypes: byName([
    archetype('linux-server', ['ssh', 'http'], 'linux', ['debian', 'ubuntu22']),
    archetype('windows-server', ['smb'], 'windows_server', ['windows2022']),
    archetype('deaddeck', ['ssh'], 'linux', ['debian']),
  ]),
  distros: byName([distro('debian', 'linux'), distro('ubuntu22', 'linux'), distro('windows2022', 'windows_server')]),
  osProfiles: byName([profile('linux'), profile('windows'), profile('windows_server'), profile('embedded')]),
  osAliases: new Map([['win', 'windows']]),
  defaultServiceSets: new Map([['linux', [['ssh']]]]),
}
