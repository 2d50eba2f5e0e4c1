/** The CA that kubeadm makes for a cluster: whoever joins or calls it is given its certificate. */
import {deriveRsaKey} from '../keys.ts'
import type {Persona} from '../persona.ts'
import {serial} from './renewal.ts'
import {buildCertificate, extensions, type NamePart, toPem} from './x509.ts'

const TEN_YEARS = 3650 * 86_400_000

const made = new WeakMap<Persona, string>()

/** PEM. The key is the one that `certificate-styles.ts` signs the server's certificate with. */
export function kubernetesAuthority(persona: Persona): string {
  const known = made.get(persona)
  if (known !== undefined) return known
  const key = deriveRsaKey(persona, 'tls kubernetes issuer', 2048)
  const name: NamePart[] = [{type: 'CN', value: 'kubernetes'}]
  const from = persona.installedAt + persona.integer('kubernetes ca', 60, 3600) * 1000
  const certificate = buildCertificate({
    serial: serial(persona, 'kubernetes ca', 8),
    issuer: name,
    subject: name,
    notBefore: from,
    notAfter: from + TEN_YEARS,
    key,
    signer: key,
    hash: 'sha256',
    extensions: [
      extensions.keyUsage(['digitalSignature', 'keyEncipherment', 'keyCertSign'], true),
      extensions.basicConstraints(true, true),
      extensions.subjectKeyIdentifier(key),
      extensions.alternativeNames(['kubernetes']),
    ],
  })
  const pem = toPem(certificate)
  made.set(persona, pem)
  return pem
}
