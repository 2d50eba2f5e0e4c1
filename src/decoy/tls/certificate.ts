/**
 * The certificates of a decky: which one a product of its kind presents, and when it gets another. Keys and serials come
 * from the persona, so a redeploy changes none; they are made when the first client shakes hands.
 */
import type {KeyObject} from 'node:crypto'

import {deriveRsaKey} from '../keys.ts'
import type {Persona} from '../persona.ts'
import {CERTIFICATE_STYLES, type CertificateStyle} from './certificate-styles.ts'
import type {TlsIdentity} from './profile.ts'
import {buildCertificate, type CertificateFields, toPem} from './x509.ts'

/** What a style says of one certificate; the key and the serial are filled in. */
export interface CertificatePlan extends Omit<CertificateFields, 'key' | 'signer' | 'serial' | 'extensions'> {
  readonly serial: Buffer
  /** Names the key: a certificate that is renewed with a new key has a new purpose. */
  readonly purpose: string
  readonly bits: number
  /** Who signs; by default the key itself. */
  readonly signer?: () => KeyObject
  readonly extensions: (key: KeyObject, signer: KeyObject) => CertificateFields['extensions']
  /** DER of certificates that are sent along. */
  readonly chain?: () => readonly Buffer[]
}

/** The latest identity of each style; a renewed one takes the place of its predecessor. */
const identities = new WeakMap<Persona, Map<CertificateStyle, {purpose: string; identity: TlsIdentity}>>()

/** What `style` presents at `now`. The same object as long as it is the same certificate. */
export function tlsIdentity(persona: Persona, style: CertificateStyle, now: number): TlsIdentity {
  const plan = CERTIFICATE_STYLES[style](persona, now)
  const known = identities.get(persona) ?? new Map()
  identities.set(persona, known)
  const latest = known.get(style)
  if (latest?.purpose === plan.purpose) return latest.identity
  const identity = make(persona, plan)
  known.set(style, {purpose: plan.purpose, identity})
  return identity
}

function make(persona: Persona, plan: CertificatePlan): TlsIdentity {
  const key = deriveRsaKey(persona, `tls ${plan.purpose}`, plan.bits)
  const signer = plan.signer?.() ?? key
  const leaf = buildCertificate({...plan, key, signer, extensions: plan.extensions(key, signer)})
  return {
    certificate: [leaf, ...(plan.chain?.() ?? [])].map(toPem).join(''),
    key: key.export({type: 'pkcs8', format: 'pem'}).toString(),
  }
}
