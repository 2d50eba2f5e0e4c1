import {Flags} from '@oclif/core'

import {MAX_DECKIES} from '../operations/init/deckies.ts'
import type {InitInput} from '../operations/init/input.ts'

/** Everything that a first fleet file can be told. */
export const initFlags = {
  deckies: Flags.integer({
    char: 'n',
    summary: 'How many deckies.',
    min: 1,
    max: MAX_DECKIES,
    helpGroup: 'DECKIES',
  }),
  archetype: Flags.string({
    char: 'a',
    summary: 'Kind of machine, or NAME=COUNT; may be repeated. An office mix without it.',
    multiple: true,
    helpValue: 'NAME[=COUNT]',
    helpGroup: 'DECKIES',
  }),
  services: Flags.string({
    summary: 'Services of every decky, separated by commas; they win over those of the archetype.',
    helpGroup: 'DECKIES',
  }),
  'randomize-services': Flags.boolean({
    summary: 'Services for each decky that such machines have together, drawn to fit its OS and distro.',
    default: false,
    helpGroup: 'DECKIES',
  }),
  distro: Flags.string({summary: 'Distro, or several separated by commas to take in turn.', helpGroup: 'DECKIES'}),
  'randomize-distros': Flags.boolean({
    summary: 'A distro for each decky, drawn from those that fit it.',
    default: false,
    helpGroup: 'DECKIES',
  }),
  os: Flags.string({summary: 'OS profile of every decky.', helpGroup: 'DECKIES'}),
  seed: Flags.string({
    summary: 'Draw as before: the same seed and flags write the same file.',
    helpGroup: 'DECKIES',
  }),
  'name-pattern': Flags.string({
    summary: 'Names of the deckies, e.g. web-{nn}; {n}, {nn}, {nnn} and {archetype} are filled in.',
    helpGroup: 'DECKIES',
  }),
  hostnames: Flags.string({
    summary: 'Host names separated by commas, in order, or a pattern such as SRV-{nn}.',
    helpGroup: 'DECKIES',
  }),
  'mutate-interval': Flags.string({
    summary: 'How often deckies change their services, e.g. 30m, or off.',
    helpGroup: 'DECKIES',
  }),
  'log-file': Flags.string({summary: 'File that evidence is written to.', helpGroup: 'DECKIES'}),
  engine: Flags.option({
    summary: 'Where deckies run; docker where there is one.',
    options: ['docker', 'embedded'] as const,
    env: 'DECNET_ENGINE',
    helpGroup: 'NETWORK',
  })(),
  net: Flags.string({
    summary: 'Subnet of the LAN, e.g. 192.168.1.0/24.',
    aliases: ['subnet'],
    env: 'DECNET_SUBNET',
    helpGroup: 'NETWORK',
  }),
  gateway: Flags.string({summary: 'Gateway of the LAN.', env: 'DECNET_GATEWAY', helpGroup: 'NETWORK'}),
  interface: Flags.string({
    char: 'i',
    summary: 'Host interface that carries the deckies.',
    env: 'DECNET_INTERFACE',
    helpGroup: 'NETWORK',
  }),
  driver: Flags.option({
    summary: 'How deckies share the interface; ipvlan on a wireless one.',
    options: ['macvlan', 'ipvlan'] as const,
    helpGroup: 'NETWORK',
  })(),
  'ip-start': Flags.string({
    summary: 'Fixed addresses for the deckies, from this one on.',
    helpGroup: 'NETWORK',
  }),
  exclude: Flags.string({
    summary: 'Addresses that no decky may take, e.g. the DHCP range: A-B,C.',
    helpGroup: 'NETWORK',
  }),
  domain: Flags.string({summary: 'DNS domain that all deckies claim to belong to.', helpGroup: 'NETWORK'}),
}

/** What `initFlags` parse to. */
export interface InitFlagValues {
  readonly deckies?: number | undefined
  readonly archetype?: readonly string[] | undefined
  readonly services?: string | undefined
  readonly 'randomize-services': boolean
  readonly distro?: string | undefined
  readonly 'randomize-distros': boolean
  readonly os?: string | undefined
  readonly seed?: string | undefined
  readonly 'name-pattern'?: string | undefined
  readonly hostnames?: string | undefined
  readonly 'mutate-interval'?: string | undefined
  readonly 'log-file'?: string | undefined
  readonly engine?: 'docker' | 'embedded' | undefined
  readonly net?: string | undefined
  readonly gateway?: string | undefined
  readonly interface?: string | undefined
  readonly driver?: 'macvlan' | 'ipvlan' | undefined
  readonly 'ip-start'?: string | undefined
  readonly exclude?: string | undefined
  readonly domain?: string | undefined
}

export function inputOf(flags: InitFlagValues): InitInput {
  return {
    engine: flags.engine,
    net: flags.net,
    gateway: flags.gateway,
    interface: flags.interface,
    driver: flags.driver,
    domain: flags.domain,
    exclude: flags.exclude,
    mutateInterval: flags['mutate-interval'],
    logFile: flags['log-file'],
    deckies: flags.deckies,
    archetypes: flags.archetype,
    services: flags.services,
    randomServices: flags['randomize-services'],
    distro: flags.distro,
    randomDistros: flags['randomize-distros'],
    os: flags.os,
    seed: flags.seed,
    ipStart: flags['ip-start'],
    namePattern: flags['name-pattern'],
    hostnames: flags.hostnames,
  }
}
