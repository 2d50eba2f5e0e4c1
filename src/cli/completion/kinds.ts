/** What a value can be completed with that the manifest does not list. */
export type ValueKind =
  /** Names that the hidden `--names` option prints, see `names.ts`. */
  | {readonly type: 'names'; readonly of: NameKind}
  /** Files; `extension` is what they should end with, where it matters. */
  | {readonly type: 'files'; readonly extension?: string}
  | {readonly type: 'directories'}
  /** The names of decnet's own commands. */
  | {readonly type: 'commands'}
  | {readonly type: 'nothing'}

export const NAME_KINDS = ['deckies', 'services', 'archetypes', 'distros', 'settings', 'systems', 'interfaces'] as const
export type NameKind = (typeof NAME_KINDS)[number]

const names = (of: NameKind): ValueKind => ({type: 'names', of})

/** By the name of a flag or an argument: a new command completes right when it calls things what others call them. */
const BY_NAME: Readonly<Record<string, ValueKind>> = {
  decky: names('deckies'),
  deckies: names('deckies'),
  service: names('services'),
  services: names('services'),
  archetype: names('archetypes'),
  archetypes: names('archetypes'),
  distro: names('distros'),
  distros: names('distros'),
  os: names('systems'),
  interface: names('interfaces'),
  file: {type: 'files', extension: 'ini'},
  output: {type: 'files', extension: 'ini'},
  'from-scan': {type: 'files', extension: 'xml'},
  'log-file': {type: 'files'},
  'state-dir': {type: 'directories'},
  command: {type: 'commands'},
}

/** Arguments whose name alone says too little, by the command's id. */
const BY_COMMAND: Readonly<Record<string, Readonly<Record<string, ValueKind>>>> = {
  services: {name: names('services')},
  archetypes: {name: names('archetypes')},
  distros: {name: names('distros')},
  'config:get': {name: names('settings')},
  'config:set': {name: names('settings')},
}

/** What a value of this flag or argument is completed with. */
export function valueKind(command: string, name: string): ValueKind {
  return BY_COMMAND[command]?.[name] ?? BY_NAME[name] ?? {type: 'nothing'}
}
