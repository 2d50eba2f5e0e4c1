import {readFileSync} from 'node:fs'
import {isIP} from 'node:net'
import {expect, it} from 'vitest'
import {poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {type DeckyDocument, outcomes} from '../support/documents.ts'
import {type ContainerView, deckyContainers, FLEET_LABEL, networks} from '../support/engine-view.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'

const FLEET = {
  gate: {services: 'ssh, http', ip: '10.77.0.20', mac: '00:50:56:12:34:56'},
  'gate.ssh': {users: 'root:Autumn-5sh'},
  'gate.http': {page: 'basic', users: 'admin:Autumn-web'},
  vault: {services: 'redis'},
  'vault.redis': {password: 'Autumn-redis'},
  desk: {services: 'http', os: 'windows'},
  camera: {services: 'http', os: 'embedded'},
}

const TTL: Readonly<Record<string, number>> = {gate: 64, vault: 64, desk: 128, camera: 255}

describeOnLab('a deployed fleet', () => {
  const bench = useBench('deploy', {tools: ['ping', 'nc', 'ssh', 'sshpass', 'curl', 'redis-cli']})

  async function deployed(): Promise<{on: Bench; deckies: Record<string, DeckyDocument>}> {
    const on = bench()
    const {lifecycle} = await on.deploy(fleetText(FLEET))
    expect(outcomes(lifecycle)).toEqual(['camera: created', 'desk: created', 'gate: created', 'vault: created'])
    const {deckies} = await on.status()
    return {on, deckies: Object.fromEntries(deckies.map((decky) => [decky.name, decky]))}
  }

  it('is seen from the LAN as machines of their own, at the addresses that were asked for and at free ones', async () => {
    const {on, deckies} = await deployed()
    const {lab} = on
    expect(deckies.gate).toMatchObject({ip: '10.77.0.20', mac: '00:50:56:12:34:56'})
    const seen = new Set<string>([lab.layout.address, lab.layout.gateway, lab.layout.intruderAddress])
    for (const {name, ip, mac, services} of Object.values(deckies)) {
      expect(isIP(ip)).toBe(4)
      expect(seen).not.toContain(ip)
      seen.add(ip)
      const ping = await lab.intruder('ping', ['-c', '1', '-W', '2', ip])
      expect(ping.stdout, `${name} answers as its operating system`).toContain(`ttl=${TTL[name]} `)
      expect((await lab.intruder('ip', ['neigh', 'show', ip])).stdout).toContain(`lladdr ${mac}`)
      for (const {port} of services)
        expect((await lab.intruder('nc', ['-z', '-w', '2', ip, String(port)])).code).toBe(0)
      expect((await lab.intruder('nc', ['-z', '-w', '2', ip, '23'])).code, `${name} refuses other ports`).toBe(1)
    }
    expect(seen.size).toBe(7)
  })

  it('records what an intruder types, with where it came from', async () => {
    const {on, deckies} = await deployed()
    const {lab} = on
    const {gate, vault} = deckies
    const quiet = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR']
    const ssh = (password: string, command: string) =>
      lab.intruder('sshpass', ['-p', password, 'ssh', ...quiet, `root@${gate?.ip}`, command])
    expect((await ssh('toor', 'id')).code).not.toBe(0)
    expect(await ssh('Autumn-5sh', 'id')).toMatchObject({code: 0, stdout: expect.stringContaining('uid=0(root)')})
    const curl = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '-u', 'admin:letmein', `http://${gate?.ip}/`]
    expect((await lab.intruder('curl', curl)).stdout).toBe('401')
    const redis = ['-h', String(vault?.ip), '--no-auth-warning', '-a', 'guessed', 'ping']
    expect((await lab.intruder('redis-cli', redis)).stdout).toContain('NOAUTH')

    const src = {ip: lab.layout.intruderAddress}
    const attempt = (decky: string, service: string, principal: string, text: string, outcome: string) => ({
      decky,
      service,
      event: 'auth.attempt',
      src,
      credential: {principal, secret: {text}, outcome},
    })
    for (const wanted of [
      attempt('gate', 'ssh', 'root', 'toor', 'failure'),
      attempt('gate', 'ssh', 'root', 'Autumn-5sh', 'success'),
      attempt('gate', 'http', 'admin', 'letmein', 'failure'),
      attempt('vault', 'redis', 'default', 'guessed', 'failure'),
      {decky: 'gate', service: 'ssh', event: 'command', src, data: {line: {text: 'id'}}},
    ]) {
      await poll(`evidence ${JSON.stringify(wanted)}`, async () => matches(await evidence(on, wanted.decky), wanted), {
        timeoutMs: 5000,
      })
    }
  })

  it('is confined', async () => {
    const {on} = await deployed()
    const containers = [...(await deckyContainers(on.lab)).values()]
    expect(containers).toHaveLength(4)
    for (const container of containers) {
      expect(container.HostConfig).toMatchObject({
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        Privileged: false,
        PidsLimit: 64,
        Memory: 128 * 1024 * 1024,
        PidMode: '',
        IpcMode: expect.not.stringMatching(/^(host|shareable)$/),
        UTSMode: '',
        RestartPolicy: {Name: 'always'},
        LogConfig: {
          Type: 'json-file',
          Config: {'max-size': expect.any(String), 'max-file': expect.stringMatching(/^[2-9]$/)},
        },
        Sysctls: expect.objectContaining({'net.ipv4.ip_unprivileged_port_start': '0'}),
      })
      const {CapAdd, Binds, Devices, SecurityOpt} = container.HostConfig
      expect([...(CapAdd ?? []), ...(Binds ?? []), ...(Devices ?? []), ...container.Mounts]).toEqual([])
      expect(SecurityOpt).toEqual(['no-new-privileges:true', expect.stringMatching(/^seccomp=\{.*"connect"/)])
      expect(inTheKernel(container)).toMatchObject({
        Uid: '65532 65532 65532 65532',
        Gid: expect.not.stringMatching(/\b0\b/),
        CapEff: '0000000000000000',
        CapBnd: '0000000000000000',
        NoNewPrivs: '1',
        Seccomp: '2',
      })
    }
  })

  it('carries labels that say whose it is, and its own name nowhere an intruder looks', async () => {
    const {on, deckies} = await deployed()
    const containers = await deckyContainers(on.lab)
    const fleets = new Set([...containers.values()].map(({Config}) => Config.Labels[FLEET_LABEL]))
    expect(fleets.size).toBe(1)
    for (const [name, {Config}] of containers) {
      expect(Config.Labels).toMatchObject({
        'decnet.decky': name,
        'decnet.generation': '1',
        'decnet.config-hash': expect.stringMatching(/^[0-9a-f]{64}$/),
      })
      expect(deckies[name]?.hostname).not.toContain(name)
    }
    const [network, ...others] = await networks(on.lab)
    expect(others).toEqual([])
    expect(network?.Labels).toEqual({[FLEET_LABEL]: [...fleets][0]})
  })
})

/** What the kernel says of a container's first process. */
function inTheKernel({State}: ContainerView): Record<string, string> {
  const lines = readFileSync(`/proc/${State.Pid}/status`, 'utf8').split('\n')
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...values] = line.split(/[:\s]+/)
      return [name, values.join(' ').trim()]
    }),
  )
}

/** The evidence that a decky has written so far. */
async function evidence({lab}: Bench, decky: string): Promise<unknown[]> {
  const container = (await deckyContainers(lab)).get(decky)
  const log = await lab.docker(['logs', String(container?.Id)])
  return log.split('\n').flatMap((line) => (line === '' ? [] : JSON.parse(line)))
}

function matches(events: readonly unknown[], wanted: object): boolean {
  return events.some((event) => contains(event, wanted))
}

/** Whether everything that `part` says is so in `whole`. */
function contains(whole: unknown, part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return whole === part
  const fields = Object(whole)
  return Object.entries(part).every(([key, value]) => contains(fields[key], value))
}
