/** Builds X.509 v3 certificates (RFC 5280) that are the same bytes every time. */
import {createECDH, createHash, createHmac, createPublicKey, type KeyObject, sign, X509Certificate} from 'node:crypto'
import {context, contextPrimitive} from '../codecs/ber/tags.ts'
import {
  bitString,
  bmpString,
  boolean,
  constructed,
  explicit,
  generalizedTime,
  ia5String,
  integer,
  nullValue,
  octetString,
  oid,
  printableString,
  sequence,
  set,
  utcTime,
  utf8String,
} from '../codecs/ber/writer.ts'
import {P256_ORDER, toBigInt, toBytes} from '../keys.ts'

/** One relative name; `printable` where the product writes a PrintableString. */
export interface NamePart {
  readonly type: keyof typeof NAME_TYPES
  readonly value: string
  readonly encoding?: 'utf8' | 'printable' | 'ia5'
}

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

export interface Extension {
  readonly oid: string
  readonly critical?: boolean
  /** DER. */
  readonly value: Buffer
}

export interface CertificateFields {
  /** Big-endian; made positive and minimal. */
  readonly serial: Buffer
  readonly issuer: readonly NamePart[]
  readonly subject: readonly NamePart[]
  readonly notBefore: number
  readonly notAfter: number
  /** Whose certificate it is: a private or a public key. */
  readonly key: KeyObject
  readonly signer: KeyObject
  readonly hash: Hash
  readonly extensions: readonly Extension[]
  /** Old firmware writes version 1, without extensions. */
  readonly version?: 1 | 3
}

const NAME_TYPES = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  DC: '0.9.2342.19200300.100.1.25',
  email: '1.2.840.113549.1.9.1',
} as const

const RSA_SIGNATURES: Readonly<Record<Hash, string>> = {
  sha1: '1.2.840.113549.1.1.5',
  sha256: '1.2.840.113549.1.1.11',
  sha384: '1.2.840.113549.1.1.12',
  sha512: '1.2.840.113549.1.1.13',
}
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
/** RFC 5280 section 4.1.2.5: from 2050 on as GeneralizedTime. */
const GENERALIZED_FROM = Date.UTC(2050, 0, 1)

/** DER. */
export function buildCertificate(fields: CertificateFields): Buffer {
  const {version = 3} = fields
  const algorithm = signatureAlgorithm(fields.signer, fields.hash)
  const body = sequence([
    ...(version === 3 ? [explicit(0, integer(2))] : []),
    integer(toBigInt(fields.serial)),
    algorithm,
    name(fields.issuer),
    sequence([time(fields.notBefore), time(fields.notAfter)]),
    name(fields.subject),
    publicKeyInfo(fields.key),
    ...(version === 3 ? [explicit(3, sequence(fields.extensions.map(extension)))] : []),
  ])
  return sequence([body, algorithm, bitString(signature(body, fields.signer, fields.hash))])
}

export function toPem(der: Buffer): string {
  return new X509Certificate(der).toString()
}

/** SubjectPublicKeyInfo. */
export function publicKeyInfo(key: KeyObject): Buffer {
  return (key.type === 'private' ? createPublicKey(key) : key).export({type: 'spki', format: 'der'})
}

/** RFC 5280 section 4.2.1.2, method 1: the SHA-1 of the key's bits, without what surrounds them. */
export function keyIdentifier(key: KeyObject): Buffer {
  const {kty, n, e, x, y} = createPublicKey(publicPem(key)).export({format: 'jwk'})
  const part = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
  const bits =
    kty === 'RSA'
      ? sequence([integer(toBigInt(part(n))), integer(toBigInt(part(e)))])
      : Buffer.concat([Buffer.from([4]), part(x), part(y)])
  return createHash('sha1').update(bits).digest()
}

const publicPem = (key: KeyObject): {key: Buffer; format: 'der'; type: 'spki'} => ({
  key: publicKeyInfo(key),
  format: 'der',
  type: 'spki',
})

const extension = ({oid: type, critical = false, value}: Extension): Buffer =>
  sequence([oid(type), ...(critical ? [boolean(true)] : []), octetString(value)])

function name(parts: readonly NamePart[]): Buffer {
  return sequence(
    parts.map(({type, value, encoding}) => set([sequence([oid(NAME_TYPES[type]), text(type, value, encoding)])])),
  )
}

/** RFC 5280 appendix A fixes the string type of some; the rest is UTF-8 unless the product writes otherwise. */
function text(type: NamePart['type'], value: string, encoding: NamePart['encoding']): Buffer {
  if (type === 'DC' || type === 'email' || encoding === 'ia5') return ia5String(value)
  if (type === 'C' || type === 'serialNumber' || encoding === 'printable') return printableString(value)
  return utf8String(value)
}

const time = (ms: number): Buffer => (ms < GENERALIZED_FROM ? utcTime(ms) : generalizedTime(ms))

function signatureAlgorithm(signer: KeyObject, hash: Hash): Buffer {
  return signer.asymmetricKeyType === 'rsa'
    ? sequence([oid(RSA_SIGNATURES[hash]), nullValue()])
    : sequence([oid(ECDSA_WITH_SHA256)])
}

function signature(body: Buffer, signer: KeyObject, hash: Hash): Buffer {
  return signer.asymmetricKeyType === 'rsa' ? sign(hash, body, signer) : signP256(body, signer)
}

/**
 * ECDSA over P-256 with a nonce derived from key and message, because a random one would give the decky another
 * certificate after each restart. The derivation is an HMAC, not the DRBG of RFC 6979: nobody can tell.
 */
function signP256(message: Buffer, signer: KeyObject): Buffer {
  const secret = Buffer.from(signer.export({format: 'jwk'}).d ?? '', 'base64url')
  const nonceBytes = createHmac('sha512', secret).update(message).digest()
  const nonce = (toBigInt(nonceBytes) % (P256_ORDER - 1n)) + 1n
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(toBytes(nonce, 32))
  const r = toBigInt(curve.getPublicKey().subarray(1, 33)) % P256_ORDER
  const z = toBigInt(createHash('sha256').update(message).digest())
  // By Fermat: the order is prime. Not constant in time, but it runs once.
  const s = (power(nonce, P256_ORDER - 2n, P256_ORDER) * (z + r * toBigInt(secret))) % P256_ORDER
  return sequence([integer(r), integer(s)])
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let [factor, rest] = [base % modulus, exponent]; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * factor) % modulus
    factor = (factor * factor) % modulus
  }
  return result
}

const KEY_USAGE_BITS = {
  digitalSignature: 0,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  crlSign: 6,
} as const

export type KeyUsage = keyof typeof KEY_USAGE_BITS

export const EKU = {serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2'} as const

/** Extensions as products write them (RFC 5280 section 4.2). */
export const extensions = {
  keyUsage(usages: readonly KeyUsage[], critical = false): Extension {
    const bits = usages.reduce((octet, usage) => octet | (0x80 >> KEY_USAGE_BITS[usage]), 0)
    // DER: trailing zero bits of a named bit list are cut off.
    const unused = 31 - Math.clz32(bits & -bits)
    return {oid: '2.5.29.15', critical, value: bitString(Buffer.from([bits]), unused)}
  },
  extendedKeyUsage: (usages: readonly (keyof typeof EKU)[]): Extension => ({
    oid: '2.5.29.37',
    value: sequence(usages.map((usage) => oid(EKU[usage]))),
  }),
  basicConstraints: (authority: boolean, critical = false): Extension => ({
    oid: '2.5.29.19',
    critical,
    value: sequence(authority ? [boolean(true)] : []),
  }),
  subjectKeyIdentifier: (key: KeyObject): Extension => ({oid: '2.5.29.14', value: octetString(keyIdentifier(key))}),
  authorityKeyIdentifier: (key: KeyObject): Extension => ({
    oid: '2.5.29.35',
    value: sequence([octetString(keyIdentifier(key), contextPrimitive(0))]),
  }),
  alternativeNames(dns: readonly string[], ips: readonly string[] = []): Extension {
    const names = dns.map((value) => ia5String(value, contextPrimitive(2)))
    const addresses = ips.map((value) => octetString(Buffer.from(value.split('.').map(Number)), contextPrimitive(7)))
    return {oid: '2.5.29.17', value: sequence([...names, ...addresses])}
  },
  crlDistributionPoint: (url: string): Extension => ({
    oid: '2.5.29.31',
    value: sequence([sequence([explicit(0, constructed(context(0), [ia5String(url, contextPrimitive(6))]))])]),
  }),
  authorityInformation: (url: string): Extension => ({
    oid: '1.3.6.1.5.5.7.1.1',
    value: sequence([sequence([oid('1.3.6.1.5.5.7.48.2'), ia5String(url, contextPrimitive(6))])]),
  }),
  /** MS-WCCE 2.2.2.7.7.1 (szOID_ENROLL_CERTTYPE_EXTENSION): the template of an enterprise CA. */
  templateName: (template: string): Extension => ({oid: '1.3.6.1.4.1.311.20.2', value: bmpString(template)}),
  /** szOID_CERTSRV_CA_VERSION: which of its certificates the CA signs with. */
  caVersion: (version: number): Extension => ({oid: '1.3.6.1.4.1.311.21.1', value: integer(version)}),
} as const
