/** Certificates made with openssl, right ones and wrong ones. */
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {must} from '../lab/process.ts'

export interface Pair {
  readonly key: string
  readonly cert: string
}

export interface CertificateOptions {
  /** Subject alternative name, as openssl writes it. */
  readonly name?: string
  /** When it is made, `-3d` ago or `+5d` from now. It is valid for a day. */
  readonly made?: string
}

/** An authority in a directory of its own, whose certificate is `ca.pem`. */
export class Authority {
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  static async create(directory: string): Promise<Authority> {
    await mkdir(directory, {recursive: true})
    const authority = new Authority(directory)
    const files = ['-keyout', authority.path('ca-key.pem'), '-out', authority.path('ca.pem')]
    const constraints = ['-addext', 'basicConstraints=critical,CA:TRUE']
    // Valid in the past as well: what it signs may be older than the authority, which no verifier minds.
    await must('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ed25519',
      '-nodes',
      '-days',
      '9',
      '-subj',
      '/CN=ca',
      ...constraints,
      ...files,
    ])
    return authority
  }

  path(name: string): string {
    return join(this.#directory, name)
  }

  async issue(subject: string, {name = 'IP:127.0.0.1', made}: CertificateOptions = {}): Promise<Pair> {
    const [key, request, cert, extensions] = ['key', 'csr', 'crt', 'ext'].map((ending) =>
      this.path(`${subject}.${ending}`),
    )
    if (!key || !request || !cert || !extensions) throw new Error('unreachable')
    await writeFile(extensions, `subjectAltName=${name}\n`)
    await must('openssl', [
      'req',
      '-newkey',
      'ed25519',
      '-nodes',
      '-subj',
      `/CN=${subject}`,
      '-keyout',
      key,
      '-out',
      request,
    ])
    const sign = ['x509', '-req', '-in', request, '-CA', this.path('ca.pem'), '-CAkey', this.path('ca-key.pem')]
    const rest = ['-CAcreateserial', '-days', '1', '-extfile', extensions, '-out', cert]
    if (made === undefined) await must('openssl', [...sign, ...rest])
    else await must('faketime', ['-f', made, 'openssl', ...sign, ...rest])
    return {key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8')}
  }

  /** A directory as `DOCKER_CERT_PATH` names one, for a client of this authority. */
  async clientDirectory(
    subject: string,
    change: Partial<Record<'ca.pem' | 'cert.pem' | 'key.pem', string>> = {},
  ): Promise<string> {
    const {key, cert} = await this.issue(`client-${subject}`)
    const directory = this.path(`of-${subject}`)
    await mkdir(directory)
    const files = {'ca.pem': await readFile(this.path('ca.pem'), 'utf8'), 'cert.pem': cert, 'key.pem': key, ...change}
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text, {mode: 0o600})
    return directory
  }
}
