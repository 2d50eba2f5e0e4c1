/** The options of node:tls for a profile. */
import {constants, X509Certificate} from 'node:crypto'
import {createSecureContext, type SecureContext} from 'node:tls'

import type {TlsIdentity, TlsProfile} from './profile.ts'

/** What a handshake needs: costly to make, hence kept for each identity. */
export interface Prepared {
  readonly context: SecureContext
  /** DER. */
  readonly certificate: Buffer
}

const prepared = new WeakMap<TlsIdentity, WeakMap<TlsProfile, Prepared>>()

export function prepare(profile: TlsProfile, now: number): Prepared {
  const identity = profile.identity(now)
  const profiles = prepared.get(identity) ?? new WeakMap<TlsProfile, Prepared>()
  prepared.set(identity, profiles)
  const known = profiles.get(profile)
  if (known !== undefined) return known
  const made = {
    context: secureContext(profile, identity, now),
    certificate: new X509Certificate(identity.certificate).raw,
  }
  profiles.set(profile, made)
  return made
}

function secureContext(profile: TlsProfile, identity: TlsIdentity, now: number): SecureContext {
  return createSecureContext({
    cert: identity.certificate,
    key: identity.key,
    minVersion: profile.minVersion,
    maxVersion: profile.maxVersion,
    ecdhCurve: profile.groups ?? 'X25519:P-256:X448:P-521:P-384',
    dhparam: 'auto',
    honorCipherOrder: profile.serverOrder ?? false,
    secureOptions: secureOptions(profile),
    ...(profile.authorities === undefined ? {} : {ca: profile.authorities(now)}),
    ...(profile.ciphers === undefined ? {} : {ciphers: profile.ciphers}),
  })
}

function secureOptions({tickets = true, encryptThenMac = true}: TlsProfile): number {
  // A renegotiation would be a second ClientHello that nobody looked at; current products refuse it as well.
  let options = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION
  if (!tickets) options |= constants.SSL_OP_NO_TICKET
  if (!encryptThenMac) options |= constants.SSL_OP_NO_ENCRYPT_THEN_MAC
  return options
}
