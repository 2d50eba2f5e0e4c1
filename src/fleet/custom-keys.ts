import type {SectionDefinition} from './keys.ts'

export type CustomKey = 'binary' | 'build' | 'exec' | 'ports' | 'health'

export const CUSTOM_SECTION: SectionDefinition<CustomKey> = {
  title: 'Custom service',
  header: '[custom-NAME]',
  summary: 'A service of your own: an image that runs beside the decky, in its network. A decky names it in services.',
  keys: [
    {
      name: 'binary',
      type: 'image reference',
      summary: 'The image to run, which the engine has. Required, unless build is there.',
      example: 'registry.example/scada:1.2',
      fallback: 'the image of build',
      constraints: 'an image reference without white space; not together with build',
      mistakenAs: ['image', 'container'],
    },
    {
      name: 'build',
      type: 'directory',
      summary:
        'A directory with a Dockerfile, relative to the fleet file, that the engine builds the image from. What is in it is part of the configuration: a change replaces the deckies that offer the service.',
      example: 'scada',
      fallback: 'the image of binary',
      constraints: 'below the fleet file; at most 64 MiB in 2000 files; links lead nowhere outside of it',
      mistakenAs: ['context', 'dockerfile', 'directory'],
    },
    {
      name: 'exec',
      type: 'command line',
      summary: 'The command and its arguments; quotes group, nothing is expanded. Without it, the image’s own.',
      example: '/bin/scada --listen 502',
      fallback: 'what the image says',
      constraints: 'quotes are closed',
      mistakenAs: ['command', 'cmd', 'entrypoint'],
    },
    {
      name: 'ports',
      type: 'list of ports',
      summary: 'The ports it listens on, TCP unless /udp follows.',
      example: '502, 161/udp',
      fallback: 'none',
      constraints: '1 to 65535, each with /tcp or /udp at most once',
      mistakenAs: ['port'],
    },
    {
      name: 'health',
      type: 'port or command line',
      summary:
        'What a deployment waits for: a port that something listens on, or a command in its container that ends with 0. Nothing in a decky can connect anywhere, and a command cannot either.',
      example: '502',
      fallback: 'it goes on running',
      constraints: 'as in ports, or as in exec',
      mistakenAs: ['healthcheck', 'ready', 'check'],
    },
  ],
}
