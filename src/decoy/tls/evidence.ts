/** What of a handshake is recorded. */
import type {ServiceEvent} from '../../events/event.ts'
import {printable, sample} from '../sample.ts'
import type {ClientHello} from './client-hello.ts'
import {highestVersion, ja3, ja4} from './fingerprint.ts'
import type {Opening} from './opening.ts'
import type {TlsInfo} from './profile.ts'

const MAX_REASON = 256
const MAX_NAME = 255
const MAX_PROTOCOLS = 16

/** An opening that is no ClientHello: what is known to probe for TLS, or nothing that makes sense. */
export function foreignEvent(opening: Opening, limit: number): ServiceEvent {
  const bytes = sample(opening.bytes, limit)
  if (opening.kind === 'http' || opening.kind === 'sslv2') {
    return {event: 'probe', data: {stage: 'tls', kind: opening.kind, sample: bytes}}
  }
  const reason = opening.kind === 'tls' ? 'unreadable ClientHello' : 'not TLS'
  return {event: 'malformed', data: {stage: 'tls', reason, sample: bytes}}
}

/** A handshake that was begun properly and came to nothing: scanners try versions and ciphers like this. */
export function refusedEvent(reason: string, hello: ClientHello | null, bytes: Buffer, limit: number): ServiceEvent {
  const facts = hello === null ? {} : helloFacts(hello)
  return {
    event: 'probe',
    data: {
      stage: 'tls',
      kind: 'handshake',
      reason: reason.slice(0, MAX_REASON),
      ...facts,
      sample: sample(bytes, limit),
    },
  }
}

export function handshakeEvent(info: TlsInfo, hello: ClientHello | null): ServiceEvent {
  const facts = hello === null ? {} : helloFacts(hello)
  return {event: 'session.tls', data: {version: info.version, cipher: info.cipher, protocol: info.alpn, ...facts}}
}

export function printableName(name: Buffer | null): string | null {
  return name === null ? null : printable(name.subarray(0, MAX_NAME))
}

function helloFacts(hello: ClientHello): Record<string, unknown> {
  return {
    ja3: ja3(hello),
    ja4: ja4(hello),
    serverName: printableName(hello.serverName),
    alpn: hello.alpn.slice(0, MAX_PROTOCOLS).map(printableName),
    offered: versionName(highestVersion(hello)),
  }
}

const VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x0304, 'TLSv1.3'],
  [0x0303, 'TLSv1.2'],
  [0x0302, 'TLSv1.1'],
  [0x0301, 'TLSv1'],
  [0x0300, 'SSLv3'],
])

const versionName = (version: number): string => VERSIONS.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`
