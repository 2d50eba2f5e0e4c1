/** What a service says of its TLS, and what it learns from a handshake. Types only: a definition may import it. */
import type {SecureVersion} from 'node:tls'

/** A certificate and its key. */
export interface TlsIdentity {
  /** PEM, the server's own certificate first, then what the product sends along. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly key: string
}

/** The TLS of one port as the claimed product has it. */
export interface TlsProfile {
  /**
   * Called at every handshake with milliseconds since the epoch: keys are made when the first client comes, and
   * certificates are renewed as the product renews them. Equal identities must be one object, since what is prepared
   * for a handshake is kept per object.
   */
  identity(now: number): TlsIdentity
  readonly minVersion: SecureVersion
  readonly maxVersion: SecureVersion
  /** An OpenSSL cipher list; versions below 1.2 need `@SECLEVEL=0` in it. */
  readonly ciphers?: string
  /** TLS 1.2 groups in order, as an OpenSSL list. Without one OpenSSL's own would show, post-quantum hybrids included. */
  readonly groups?: string
  /** Whether the server's order of ciphers counts (Schannel) or the client's (OpenSSL's default). */
  readonly serverOrder?: boolean
  /** Session tickets (RFC 5077); Schannel gives none by default. */
  readonly tickets?: boolean
  /** Schannel has no encrypt-then-MAC (RFC 7366). */
  readonly encryptThenMac?: boolean
  /** Protocols in the server's order; a client that offers none of them is served without one. */
  readonly alpn?: readonly string[]
  /**
   * Whether the server asks the client for a certificate, and what it makes of a client without one. Whose certificate it
   * is, is the service's business: a handshake with a stranger's is completed.
   */
  readonly clientCertificate?: 'requested' | 'required'
  /** The authorities that clients are told of then: PEM. */
  authorities?(now: number): string
  /** How the product ends a handshake that fails: with an alert, or (Schannel) with a reset. */
  readonly refusal?: 'alert' | 'reset'
}

/** What a session may know of its handshake. Text of the client's is printable. */
export interface TlsInfo {
  /** `TLSv1.2` … */
  readonly version: string
  /** The IANA name of the cipher suite. */
  readonly cipher: string
  readonly alpn: string | null
  /** RFC 6066 section 3. */
  readonly serverName: string | null
  /** The ClientHello as JA3 (MD5, hex) and JA4. */
  readonly ja3: string
  readonly ja4: string
  /** What the client presented, DER. */
  readonly clientCertificate?: Buffer
  /** The certificate that was presented, DER: CredSSP and channel bindings (RFC 5929) are computed from it. */
  readonly certificate: Buffer
}

/**
 * How a protocol wraps TLS records while the handshake lasts (TDS puts them in packets of its own). One object serves
 * one connection and may keep state.
 */
export interface TlsFraming {
  /** Wraps handshake records that the server sends. Application data is never wrapped. */
  wrap(records: Buffer): Buffer
  /**
   * Takes the next bytes of the client and returns the TLS bytes in them. Called as long as TLS lasts: when the
   * wrapping has ended it returns what it was given. Throws RangeError for bytes that are neither.
   */
  unwrap(bytes: Buffer): Buffer
}
