/** What of a Remote Desktop session is worth an event. */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Limits} from '../../limits.ts'
import {printable, sample} from '../../sample.ts'
import type {ClientInfo} from './wire/client-info.ts'
import type {ClientData} from './wire/gcc.ts'
import type {RdstlsRequest} from './wire/rdstls.ts'
import {type ConnectionRequest, PROTOCOL} from './wire/x224.ts'

const SHORT = 256
const shown = (text: string, limit = SHORT): string => printable(Buffer.from(text, 'utf8').subarray(0, limit))
const raw = (bytes: Buffer | null): string | null => (bytes === null ? null : printable(bytes.subarray(0, SHORT)))
const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`

const NAMES = [
  [PROTOCOL.SSL, 'ssl'],
  [PROTOCOL.HYBRID, 'hybrid'],
  [PROTOCOL.RDSTLS, 'rdstls'],
  [PROTOCOL.HYBRID_EX, 'hybrid-ex'],
] as const

/** `selected`: null where the request was refused. */
export function connectEvent(request: ConnectionRequest, selected: number | null): ServiceEvent {
  const {cookie, routingToken, negotiation, correlationId} = request
  const asked = negotiation?.protocols ?? 0
  return {
    event: 'request',
    data: {
      operation: 'connect',
      cookie: raw(cookie),
      routingToken: raw(routingToken),
      protocols:
        negotiation === null ? null : ['rdp', ...NAMES.filter(([bit]) => (asked & bit) !== 0).map(([, name]) => name)],
      flags: negotiation?.flags ?? null,
      selected: NAMES.find(([bit]) => bit === selected)?.[1] ?? null,
      ...(correlationId === null ? {} : {correlationId: correlationId.toString('hex')}),
    },
  }
}

export function clientEvent(client: ClientData): ServiceEvent {
  return {
    event: 'request',
    data: {
      operation: 'conference',
      clientName: shown(client.name),
      clientBuild: client.build,
      clientVersion: hex(client.version, 8),
      productId: shown(client.productId),
      keyboardLayout: hex(client.keyboardLayout, 8),
      keyboardType: client.keyboardType,
      desktop: `${client.desktop.width}x${client.desktop.height}`,
      channels: client.channels.map((name) => shown(name)),
    },
  }
}

export function logonEvent(info: ClientInfo, limits: Limits): ServiceEvent {
  return {
    event: 'request',
    data: {
      operation: 'logon',
      user: shown(info.user, limits.credential),
      domain: shown(info.domain, limits.credential),
      ...(info.password === '' ? {} : {password: sample(info.password, limits.credential)}),
      shell: shown(info.shell),
      clientAddress: shown(info.address),
      clientDirectory: shown(info.directory),
    },
  }
}

export function rdstlsEvent({user, domain, password}: RdstlsRequest, limits: Limits): ServiceEvent {
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(user, limits.credential),
      domain: shown(domain, limits.credential),
      method: 'rdstls',
      secret: sample(password, limits.credential),
      outcome: 'failure',
    },
  }
}

/** Bytes of some other protocol are a scanner's way of asking what is here. */
export function malformedEvent(stage: string, reason: string, bytes: Buffer, limits: Limits): ServiceEvent {
  return {event: 'malformed', data: {stage, reason, sample: sample(bytes, Math.min(limits.sample, 512))}}
}
