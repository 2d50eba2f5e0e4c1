/**
 * The sections and keys of the fleet file. The reader, its "did you mean" and the reference documentation all take
 * them from here.
 */

export interface KeyDefinition<Name extends string = string> {
  readonly name: Name
  /** What a value is, for the reference. */
  readonly type: string
  readonly summary: string
  readonly example: string
  /** What holds where the key is absent, for the reference. */
  readonly fallback: string
  /** What a right value must satisfy beyond its type, for the reference. */
  readonly constraints?: string
  /** Other spellings that are accepted. */
  readonly aliases?: readonly string[]
  /** Names that people write for it out of habit; refused, but suggested for. */
  readonly mistakenAs?: readonly string[]
}

export interface SectionDefinition<Name extends string = string> {
  readonly title: string
  /** As it stands in the file. */
  readonly header: string
  readonly summary: string
  readonly keys: readonly KeyDefinition<Name>[]
}

export type GeneralKey =
  | 'net'
  | 'gw'
  | 'interface'
  | 'driver'
  | 'domain'
  | 'engine'
  | 'exclude'
  | 'mutate_interval'
  | 'log_file'

export const GENERAL_SECTION: SectionDefinition<GeneralKey> = {
  title: 'General',
  header: '[general]',
  summary: 'What all deckies share. Every key is optional: what is absent is detected or kept from the fleet.',
  keys: [
    {
      name: 'net',
      type: 'IPv4 subnet',
      summary: 'The subnet that the deckies live in.',
      example: '192.168.1.0/24',
      fallback: 'detected, or kept from the fleet',
      constraints: '/8 to /30, without host bits; in 127.0.0.0/8 for the embedded engine and only for it',
      mistakenAs: ['subnet', 'network', 'cidr'],
    },
    {
      name: 'gw',
      type: 'IPv4 address',
      summary: 'The gateway of the subnet.',
      example: '192.168.1.1',
      fallback: 'that of the interface, or kept from the fleet',
      constraints: 'an address of the subnet, not its network or broadcast address',
      mistakenAs: ['gateway', 'router'],
    },
    {
      name: 'interface',
      type: 'interface name',
      summary: 'The host interface that carries the deckies.',
      example: 'eth0',
      fallback: 'the one of the default route, or kept from the fleet',
      constraints: 'at most 15 characters; not loopback, except for the embedded engine',
      mistakenAs: ['iface', 'parent', 'nic', 'dev', 'device'],
    },
    {
      name: 'driver',
      type: 'macvlan or ipvlan',
      summary: 'How deckies share the interface; ipvlan where a wireless card or a hypervisor allows one MAC only.',
      example: 'macvlan',
      fallback: 'macvlan',
      constraints: 'docker engine only',
      mistakenAs: ['ipvlan', 'macvlan'],
    },
    {
      name: 'domain',
      type: 'DNS domain',
      summary: 'The domain that all deckies claim to belong to.',
      example: 'corp.example',
      fallback: 'none',
      constraints: 'letters, digits and inner hyphens between dots, at most 253 characters',
    },
    {
      name: 'engine',
      type: 'docker or embedded',
      summary: 'Where the deckies run: in containers, or in one process on loopback addresses.',
      example: 'docker',
      fallback: 'docker',
      constraints: 'one for the whole fleet',
    },
    {
      name: 'exclude',
      type: 'list of addresses and ranges',
      summary: 'Addresses of the subnet that no decky may take.',
      example: '192.168.1.100-192.168.1.150, 192.168.1.200',
      fallback: 'none',
      constraints: 'at most 100 items; a range does not run backwards',
      mistakenAs: ['reserved', 'excluded'],
    },
    {
      name: 'mutate_interval',
      type: 'duration or off',
      summary: 'How often deckies change their services; a plain number counts minutes.',
      example: '30m',
      fallback: 'off',
      constraints: '1 minute to 1 year',
      aliases: ['mutate-interval'],
    },
    {
      name: 'log_file',
      type: 'path',
      summary: 'A file that every event is appended to, as JSON lines.',
      example: '/var/log/decnet/events.jsonl',
      fallback: 'none',
      constraints: 'not a directory',
      aliases: ['log-file'],
      mistakenAs: ['log', 'logfile', 'log_target'],
    },
  ],
}

export type DeckyKey =
  | 'ip'
  | 'services'
  | 'archetype'
  | 'amount'
  | 'os'
  | 'distro'
  | 'hostname'
  | 'mac'
  | 'mutate_interval'
  | 'host'

export const DECKY_SECTION: SectionDefinition<DeckyKey> = {
  title: 'Decky',
  header: '[NAME]',
  summary: 'One decky, or several alike. The name is the operator’s own and never seen on the network.',
  keys: [
    {
      name: 'ip',
      type: 'IPv4 address',
      summary: 'Its address; without it, a free one is taken. Not together with an amount above 1.',
      example: '192.168.1.82',
      fallback: 'a free address of the subnet',
      constraints:
        'in the subnet; not its network, broadcast or gateway address, not the host’s own, not excluded, not another decky’s',
      mistakenAs: ['address', 'ipv4', 'ip_address'],
    },
    {
      name: 'services',
      type: 'list of services',
      summary: 'What it offers; without it, what its archetype offers.',
      example: 'ssh, smb',
      fallback: 'those of the archetype, else a plausible set for the OS',
      constraints: 'at most 100 items; no two on one port',
      mistakenAs: ['service'],
    },
    {
      name: 'archetype',
      type: 'archetype',
      summary: 'The kind of machine it plays: gives services, OS and distro where the section names none.',
      example: 'linux-server',
      fallback: 'none',
      mistakenAs: ['type', 'role', 'template', 'kind'],
    },
    {
      name: 'amount',
      type: '1 to 100',
      summary: 'How many deckies to make; above 1 their names end in -01, -02 and so on.',
      example: '3',
      fallback: '1',
      constraints: 'a whole number; not together with ip, mac or hostname when above 1',
      mistakenAs: ['count', 'replicas', 'number'],
    },
    {
      name: 'os',
      type: 'OS profile',
      summary: 'The OS that its TCP/IP stack looks like.',
      example: 'linux',
      fallback: 'that of the archetype or distro, else linux',
      constraints: 'agrees with the distro',
      aliases: ['nmap_os', 'nmap-os'],
      mistakenAs: ['os_profile', 'platform'],
    },
    {
      name: 'distro',
      type: 'distro',
      summary: 'The OS distribution that its services claim to run on.',
      example: 'debian',
      fallback: 'drawn from those that fit the archetype or OS',
      constraints: 'agrees with the OS',
      mistakenAs: ['distribution', 'image'],
    },
    {
      name: 'hostname',
      type: 'host name',
      summary: 'The name it calls itself on the network.',
      example: 'FS01',
      fallback: 'made from the machine’s kind and distro',
      constraints: 'letters, digits and inner hyphens between dots, at most 64 characters',
      mistakenAs: ['name', 'host_name'],
    },
    {
      name: 'mac',
      type: 'MAC address',
      summary: 'Its unicast MAC address; without it, one whose vendor fits the machine.',
      example: '00:50:56:12:34:56',
      fallback: 'made for a vendor that fits',
      constraints: 'six hexadecimal pairs; unicast; unique',
      mistakenAs: ['mac_address', 'hwaddr'],
    },
    {
      name: 'mutate_interval',
      type: 'duration or off',
      summary: 'How often it changes its services; overrides the one of [general].',
      example: '15m',
      fallback: 'that of [general]',
      constraints: '1 minute to 1 year',
      aliases: ['mutate-interval'],
    },
    {
      name: 'host',
      type: 'host',
      summary: 'The enrolled host that it must run on.',
      example: 'edge-1',
      fallback: 'this machine',
      constraints: 'an enrolled host',
    },
  ],
}

export const OPTION_SECTION: Omit<SectionDefinition, 'keys'> = {
  title: 'Service options',
  header: '[NAME.SERVICE]',
  summary:
    'Options of one service of one decky, or of all that the section NAME expands to. The keys are the service’s.',
}

/** `[NAME]` as far as it is fixed. */
export const CUSTOM_PREFIX = 'custom-'
export const MAX_AMOUNT = 100
