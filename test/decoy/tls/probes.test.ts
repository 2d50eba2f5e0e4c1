/** What probes of handshakes tell: the product, and nothing of what we are made of. */
import {createServer} from 'node:tls'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {Persona, type PersonaFacts} from '../../../src/decoy/persona.ts'
import {createService} from '../../../src/decoy/services/https/server.ts'
import {tlsIdentity} from '../../../src/decoy/tls/certificate.ts'
import {machineFacts} from '../../support/recognition.ts'
import {type Served, serve} from '../../support/serve.ts'
import {tlsAnswers} from '../../support/tls-probes.ts'

type Machine = readonly [facts: Partial<PersonaFacts>, product: string]
const PRODUCTS: Readonly<Record<string, Machine>> = {
  'nginx on Debian': [{distro: 'debian'}, 'nginx'],
  'IIS on Windows Server 2019': [{os: 'windows_server', distro: 'windows2019'}, 'iis'],
  'Apache on CentOS 7': [{distro: 'centos7'}, 'apache'],
  Grafana: [{distro: 'debian'}, 'grafana'],
  iLO: [{os: 'embedded', distro: 'embedded'}, 'ilo'],
}

const answers = new Map<string, string>()
const running: Served[] = []

async function asked([facts, product]: Machine, decky = 1): Promise<string> {
  const persona = new Persona({...machineFacts('https', 0, decky), ...facts})
  const served = await serve(await createService(persona, {product}), {port: 443})
  running.push(served)
  return JSON.stringify(await tlsAnswers(served.port))
}

describe('probes of TLS', () => {
  beforeAll(async () => {
    for (const [name, machine] of Object.entries(PRODUCTS)) answers.set(name, await asked(machine))
  }, 60_000)
  afterAll(() => Promise.all(running.map((served) => served.close())))

  it('tell products apart', () => {
    expect(new Set(answers.values()).size, [...answers].map((entry) => entry.join(' ')).join('\n')).toBe(answers.size)
  })

  it('tell two machines with one product from nobody', async () => {
    const [name, machine] = Object.entries(PRODUCTS)[0] ?? []
    if (machine === undefined) throw new Error('there is no product')
    expect(await asked(machine, 2)).toBe(answers.get(name ?? ''))
  })

  it('never tell a server of Node as it comes', async () => {
    const {certificate, key} = tlsIdentity(new Persona(machineFacts('https', 0, 1)), 'docker', Date.now())
    const server = createServer({cert: certificate, key})
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const plain = await tlsAnswers(typeof address === 'object' ? (address?.port ?? 0) : 0)
    server.close()
    expect(Object.values(plain).some((answer) => answer.includes('|'))).toBe(true)
    expect([...answers.values()]).not.toContain(JSON.stringify(plain))
  })
})
