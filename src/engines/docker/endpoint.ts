import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DecnetError} from '../../fleet/errors.ts'

/** Where an Engine listens. */
export type Endpoint =
  | {readonly kind: 'unix'; readonly path: string}
  | {readonly kind: 'tls'; readonly host: string; readonly port: number; readonly certificates: Certificates}

export interface Certificates {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

export const DEFAULT_SOCKET = '/var/run/docker.sock'
const DOCKER_TLS_PORT = 2376

/**
 * Reads an operator's choice of Engine: `unix:///path` or `tcp://host:port` with the certificates in `certPath`
 * (`ca.pem`, `cert.pem`, `key.pem`). Plain tcp gives root on the host to anyone on the wire and is refused.
 */
export async function parseEndpoint(host: string | undefined, certPath: string | undefined): Promise<Endpoint> {
  if (host === undefined || host === '') return {kind: 'unix', path: DEFAULT_SOCKET}
  if (host.startsWith('unix://')) return unixEndpoint(host)
  if (host.startsWith('tcp://') || host.startsWith('https://')) return tlsEndpoint(host, certPath)
  if (host.startsWith('ssh://')) {
    throw new DecnetError('USAGE', `the Docker host ${withoutPassword(host)} uses ssh, which is not supported`, {
      hint: 'use unix:///path/to/docker.sock or tcp://host:2376 with TLS',
    })
  }
  throw new DecnetError('USAGE', `the Docker host ${withoutPassword(host)} is not understood`, {
    hint: 'use unix:///path/to/docker.sock or tcp://host:2376 with TLS',
  })
}

/** Messages end up in logs. */
function withoutPassword(host: string): string {
  return host.replace(/:\/\/[^/]*@/, '://…@')
}

function unixEndpoint(host: string): Endpoint {
  const path = host.slice('unix://'.length)
  if (path !== '' && !path.startsWith('/')) {
    throw new DecnetError('USAGE', `the Docker host ${host} needs an absolute path`, {hint: `try unix:///${path}`})
  }
  return {kind: 'unix', path: path === '' ? DEFAULT_SOCKET : path}
}

async function tlsEndpoint(host: string, certPath: string | undefined): Promise<Endpoint> {
  if (!URL.canParse(host)) throw new DecnetError('USAGE', `the Docker host ${withoutPassword(host)} is not a URL`)
  const url = new URL(host)
  if (certPath === undefined || certPath === '') {
    throw new DecnetError('USAGE', `the Docker host ${withoutPassword(host)} without TLS is refused`, {
      hint: 'set DOCKER_CERT_PATH to the directory of ca.pem, cert.pem and key.pem, or use unix:///path/to/docker.sock',
    })
  }
  const port = url.port === '' ? DOCKER_TLS_PORT : Number(url.port)
  return {kind: 'tls', host: url.hostname, port, certificates: await readCertificates(certPath)}
}

async function readCertificates(directory: string): Promise<Certificates> {
  try {
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map((f) => readFile(join(directory, f))),
    )
    if (ca === undefined || cert === undefined || key === undefined) throw new Error('incomplete')
    return {ca, cert, key}
  } catch (error) {
    throw new DecnetError('USAGE', `the TLS certificates in ${directory} cannot be read`, {
      hint: 'the directory needs ca.pem, cert.pem and key.pem, readable by you',
      cause: error,
    })
  }
}

/** The endpoint as messages show it. */
export function endpointText(endpoint: Endpoint): string {
  return endpoint.kind === 'unix' ? `unix://${endpoint.path}` : `tcp://${endpoint.host}:${endpoint.port}`
}

/** Sockets at which Docker Desktop's Engine listens; it runs in a virtual machine of its own. */
const DESKTOP_SOCKET = /\/\.docker\/(desktop|run)\//

/** Whether the Engine that DOCKER_HOST names puts deckies on this machine's own interfaces, as far as its address tells. */
export function isLocalEndpoint(host: string | undefined): boolean {
  const path = host === undefined || host === '' ? `unix://${DEFAULT_SOCKET}` : host
  return path.startsWith('unix://') && !DESKTOP_SOCKET.test(path)
}
