/** Certificates that clients present: who they say they are. */
import {X509Certificate} from 'node:crypto'

import type {ServiceEvent} from '../../events/event.ts'
import {printable} from '../sample.ts'

const NAME_BYTES = 256

export interface Presented {
  /** Of the subject; empty where there is none, or nobody can read it. */
  readonly commonName: string
  /** One a line, as OpenSSL prints them. */
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** SHA-256 of the whole. */
  readonly fingerprint: string
}

/** OpenSSL took it for a certificate; Node may still not read all of it. */
export function presented(der: Buffer): Presented | null {
  try {
    const {subject = '', issuer = '', serialNumber, fingerprint256} = new X509Certificate(der)
    const commonName = /^CN=(.*)$/m.exec(subject)?.[1] ?? ''
    return {commonName, subject, issuer, serial: serialNumber, fingerprint: fingerprint256}
  } catch {
    return null
  }
}

const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, NAME_BYTES))

export function certificateEvent(der: Buffer, success: boolean): ServiceEvent {
  const client = presented(der)
  return {
    event: 'auth.attempt',
    credential: {
      principal: shown(client?.commonName ?? ''),
      method: 'certificate',
      fingerprint: `SHA256:${client?.fingerprint ?? ''}`,
      outcome: success ? 'success' : 'failure',
    },
    data: {
      subject: shown(client?.subject ?? ''),
      issuer: shown(client?.issuer ?? ''),
      serial: shown(client?.serial ?? ''),
    },
  }
}
