/** The networks that every Engine has. */
import type {Persona} from '../../persona.ts'
import type {Network} from './state.ts'

export function predefinedNetworks(persona: Persona, now: number): Network[] {
  const make = (name: string, driver: string, created: number, bridge: boolean): Network => ({
    id: persona.bytes(`docker network ${name}`, 32).toString('hex'),
    name,
    driver,
    created,
    subnet: bridge ? '172.17.0.0/16' : null,
    gateway: bridge ? '172.17.0.1' : null,
    options: bridge ? BRIDGE_OPTIONS : {},
    labels: {},
    internal: false,
  })
  const installed = persona.installedAt + persona.integer('docker installed', 3, 40) * 3_600_000
  const started = persona.bootedAt(now) + persona.integer('docker started', 5000, 9000)
  return [
    make('host', 'host', installed + 3, false),
    make('none', 'null', installed, false),
    make('bridge', 'bridge', started, true),
  ]
}

const BRIDGE_OPTIONS = {
  'com.docker.network.bridge.default_bridge': 'true',
  'com.docker.network.bridge.enable_icc': 'true',
  'com.docker.network.bridge.enable_ip_masquerade': 'true',
  'com.docker.network.bridge.host_binding_ipv4': '0.0.0.0',
  'com.docker.network.bridge.name': 'docker0',
  'com.docker.network.driver.mtu': '1500',
}
