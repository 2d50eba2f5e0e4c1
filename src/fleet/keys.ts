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
      mistakenAs: ['subnet', 'network', 'cidr'],
    },
    {
      name: 'gw',
      type: 'IPv4 address',
      summary: 'The gateway of the subnet.',
      example: '192.168.1.1',
      mistakenAs: ['gateway', 'router'],
    },
    {
      name: 'interface',
      type: 'interface name',
      summary: 'The host interface that carries the deckies.',
      example: 'eth0',
      mistakenAs: ['iface', 'parent', 'nic', 'dev', 'device'],
    },
    {
      name: 'driver',
      type: 'macvlan or ipvlan',
      summary: 'How deckies share the interface; ipvlan where a wireless card or a hypervisor allows one MAC only.',
      example: 'macvlan',
      mistakenAs: ['ipvlan', 'macvlan'],
    },
    {
      name: 'domain',
      type: 'DNS domain',
      summary: 'The domain that all deckies claim to belong to.',
      example: 'corp.example',
    },
    {
      name: 'engine',
      type: 'docker or embedded',
      summary: 'Where the deckies run: in containers, or in one process on loopback addresses.',
      example: 'docker',
    },
    {
      name: 'exclude',
      type: 'list of addresses and ranges',
      summary: 'Addresses of the subnet that no decky may take.',
      example: '192.168.1.100-192.168.1.150, 192.168.1.200',
      mistakenAs: ['reserved', 'excluded'],
    },
    {
      name: 'mutate_interval',
      type: 'duration or off',
      summary: 'How often deckies change their services; a plain number counts minutes.',
      example: '30m',
      aliases: ['mutate-interval'],
    },
    {
      name: 'log_file',
      type: 'path',
      summary: 'A file that every event is appended to, as JSON lines.',
      example: '/var/log/decnet/events.jsonl',
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
      mistakenAs: ['address', 'ipv4', 'ip_address'],
    },
    {
      name: 'services',
      type: 'list of services',
      summary: 'What it offers; without it, what its archetype offers.',
      example: 'ssh, smb',
      mistakenAs: ['service'],
    },
    {
      name: 'archetype',
      type: 'archetype',
      summary: 'The kind of machine it plays: gives services, OS and distro where the section names none.',
      example: 'linux-server',
      mistakenAs: ['type', 'role', 'template', 'kind'],
    },
    {
      name: 'amount',
      type: '1 to 100',
      summary: 'How many deckies to make; above 1 their names end in -01, -02 and so on.',
      example: '3',
      mistakenAs: ['count', 'replicas', 'number'],
    },
    {
      name: 'os',
      type: 'OS profile',
      summary: 'The OS that its TCP/IP stack looks like.',
      example: 'linux',
      aliases: ['nmap_os', 'nmap-os'],
      mistakenAs: ['os_profile', 'platform'],
    },
    {
      name: 'distro',
      type: 'distro',
      summary: 'The OS distribution that its services claim to run on.',
      example: 'debian',
      mistakenAs: ['distribution', 'image'],
    },
    {
      name: 'hostname',
      type: 'host name',
      summary: 'The name it calls itself on the network.',
      example: 'FS01',
      mistakenAs: ['name', 'host_name'],
    },
    {
      name: 'mac',
      type: 'MAC address',
      summary: 'Its unicast MAC address; without it, one whose vendor fits the machine.',
      example: '00:50:56:12:34:56',
      mistakenAs: ['mac_address', 'hwaddr'],
    },
    {
      name: 'mutate_interval',
      type: 'duration or off',
      summary: 'How often it changes its services; overrides the one of [general].',
      example: '15m',
      aliases: ['mutate-interval'],
    },
    {
      name: 'host',
      type: 'host',
      summary: 'The enrolled host that it must run on.',
      example: 'edge-1',
    },
  ],
}

export type CustomKey = 'binary' | 'exec' | 'ports'

export const CUSTOM_SECTION: SectionDefinition<CustomKey> = {
  title: 'Custom service',
  header: '[custom-NAME]',
  summary: 'A service of your own: an image that runs beside the decky, in its network. A decky names it in services.',
  keys: [
    {
      name: 'binary',
      type: 'image reference',
      summary: 'The image to run. Required.',
      example: 'registry.example/scada:1.2',
      mistakenAs: ['image', 'container'],
    },
    {
      name: 'exec',
      type: 'command line',
      summary: 'The command and its arguments; quotes group, nothing is expanded. Without it, the image’s own.',
      example: '/bin/scada --listen 502',
      mistakenAs: ['command', 'cmd', 'entrypoint'],
    },
    {
      name: 'ports',
      type: 'list of ports',
      summary: 'The ports it listens on, TCP unless /udp follows.',
      example: '502, 161/udp',
      mistakenAs: ['port'],
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
