import type {ClientRun, FidelityRow, Target} from './row.ts'

const docker = (name: string, args: readonly string[], prints: RegExp, outcome: string): ClientRun => ({
  name: `docker ${name}`,
  tool: 'docker',
  command: ({ip}: Target) => ['docker', '-H', `tcp://${ip}:2375`, ...args],
  env: {DOCKER_CONFIG: '/tmp/decnet-no-docker-config'},
  prints,
  exit: 0,
  outcome,
})

const run: ClientRun = {
  ...docker(
    'run --privileged -v /:/host',
    ['run', '--rm', '--privileged', '-v', '/:/host', 'alpine', 'chroot', '/host', 'sh', '-c', 'id; hostname'],
    /uid=0\(root\) gid=0\(root\)/,
    'seems to run to its end',
  ),
  leaves: {
    event: 'command',
    matching: ({data}) => data?.action === 'container.create' && data.privileged === true && data.dangerous === true,
    captured: 'image, command, binds, privileges',
  },
}

export const DOCKER_API_ROWS: readonly FidelityRow[] = [
  {
    service: 'docker_api',
    port: 2375,
    product: 'Docker 20.10.24 of Debian 12',
    decky: {services: 'docker_api', distro: 'debian'},
    nmap: /^docker\s+Docker 20\.10\.24\+dfsg1/,
    scripts: [/docker-version:/, /MinAPIVersion: 1\.12/],
    clients: [
      docker('version', ['version'], /Server:[\s\S]*Version: +20\.10\.24\+dfsg1/, 'told'),
      docker('info', ['info'], /Storage Driver: overlay2/, 'told'),
      docker('ps', ['ps'], /Up \d+ \w+/, 'lists'),
      docker('images', ['images'], /registry\.corp\.example/, 'lists'),
      run,
      {
        name: 'curl, create',
        tool: 'curl',
        command: ({ip}) => [
          'curl',
          '-si',
          '-H',
          'Content-Type: application/json',
          '-d',
          '{"Image":"evil/miner","Cmd":["xmrig"]}',
          `http://${ip}:2375/v1.24/containers/create`,
        ],
        prints:
          /^HTTP\/1\.1 404 Not Found[\s\S]*Server: Docker\/20\.10\.24\+dfsg1 \(linux\)[\s\S]*No such image: evil\/miner:latest/,
        outcome: 'no such image',
        leaves: {
          event: 'command',
          matching: ({data}) => JSON.stringify(data?.command ?? '').includes('xmrig'),
          captured: 'image, command',
        },
      },
    ],
  },
  {
    service: 'docker_api',
    port: 2375,
    product: 'Docker 26.1.3 (Community)',
    decky: {services: 'docker_api', distro: 'ubuntu22'},
    nmap: /^docker\s+Docker 26\.1\.3/,
    clients: [docker('version', ['version'], /Docker Engine - Community[\s\S]*Version: +26\.1\.3/, 'told'), run],
  },
]
