/** What a decoy that somebody has taken over can reach, watched from the LAN. */
import {expect, it} from 'vitest'
import {importBusybox} from '../lab/busybox.ts'
import {poll} from '../lab/process.ts'
import {type Bench, useBench} from '../support/bench.ts'
import {deckyContainers, networks} from '../support/engine-view.ts'
import {fleetText} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'
import {PacketCapture} from '../support/packet-capture.ts'
import {keep} from '../support/promise-tally.ts'
import {rounds} from '../support/soak.ts'

const IP = '10.77.0.30'
const FREE = '10.77.0.31'
const NODE = '/usr/bin/node'

/** Tries to reach a host in every way that Node has; prints the outcomes by way. */
const ATTEMPTS = `
const {connect} = require('node:net'), {createSocket} = require('node:dgram'), dns = require('node:dns'), http = require('node:http')
const [host] = process.argv.slice(1), found = {}
const attempt = (name, act) => new Promise((resolve) => {
  const end = (outcome) => { found[name] ??= outcome; resolve() }
  setTimeout(end, 1500, 'nothing came back').unref()
  try { act(end) } catch (error) { end(error.code) }
})
const dial = (end, port, where) => connect(port, where).on('connect', () => end('CONNECTED')).on('error', (error) => end(error.code))
const send = (end, socket, port, where) => socket.on('error', (e) => end(e.code)).send('x', port, where, (e) => end(e ? e.code : 'SENT'))
const resolver = new dns.promises.Resolver({timeout: 300, tries: 1})
resolver.setServers([host])
Promise.all([
  attempt('tcp', (end) => dial(end, 22, host)),
  attempt('high port', (end) => dial(end, 4444, host)),
  attempt('http', (end) => http.get({host, timeout: 1000}, () => end('ANSWERED')).on('error', (e) => end(e.code))),
  attempt('udp', (end) => send(end, createSocket('udp4'), 53, host)),
  attempt('broadcast', (end) => {
    const socket = createSocket('udp4').on('error', (error) => end(error.code))
    socket.bind(0, () => { socket.setBroadcast(true); send(end, socket, 137, '10.77.0.255') })
  }),
  attempt('dns', (end) => resolver.resolve4('example.com').then(() => end('RESOLVED'), (e) => end(e.code))),
]).then(() => process.stdout.write(JSON.stringify(found) + '\\n', () => process.exit(0)))
`

const REFUSED = expect.stringMatching(/^(EPERM|ECONNREFUSED|ETIMEOUT)$/)

async function containerId({lab}: Bench): Promise<string> {
  return (await deckyContainers(lab)).get('bait')?.Id ?? ''
}

/** What happens to a decky in its life, after each of which it has to be as confined as before. */
const CHANGES: readonly ((on: Bench) => Promise<unknown>)[] = [
  async () => undefined,
  async (on) => on.lab.docker(['restart', '-t', '1', await containerId(on)]),
  async (on) => on.lab.restartDockerd({signal: 'SIGKILL'}),
  async (on) => on.lab.docker(['rm', '-f', await containerId(on)]),
  async (on) => on.lab.restartDockerd(),
]

describeOnLab('a decoy that was taken over', () => {
  const bench = useBench('breakout', {tools: ['tcpdump', 'curl']})

  it('sends nothing but answers, whatever happened to it before', {timeout: 600_000}, async () => {
    const on = bench()
    const {lab} = on
    await on.deploy(fleetText({bait: {services: 'ssh, http, redis', ip: IP, distro: 'debian'}}))
    const capture = await PacketCapture.start(lab)
    try {
      await expectCaught(on, capture)
      await keep('P31', 'break-out attempts', rounds(CHANGES.length, 20), async ({index}) => {
        await CHANGES[index % CHANGES.length]?.(on)
        await on.reconcile()
        for (const user of ['65532', '0']) {
          const exec = ['exec', '-u', user, await containerId(on), NODE, '-e', ATTEMPTS, lab.layout.intruderAddress]
          const outcomes = JSON.parse(await lab.docker(exec))
          const refused = Object.fromEntries(Object.keys(outcomes).map((way) => [way, REFUSED]))
          expect(outcomes).toEqual(refused)
          expect(Object.keys(outcomes)).toHaveLength(6)
        }
        // It still serves, so it is on the LAN at all.
        const page = await lab.intruder('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', `http://${IP}/`])
        expect(page.stdout).toBe('200')
        expect(await capture.begunBy(IP)).toEqual([])
      })
    } finally {
      await capture.stop()
    }
  })
})

/** A machine that may send is seen sending: without that, seeing nothing would mean nothing. */
async function expectCaught({lab}: Bench, capture: PacketCapture): Promise<void> {
  const busybox = await importBusybox(lab)
  const [network] = await networks(lab)
  const run = ['run', '--rm', '--network', network?.Name ?? '', '--ip', FREE, busybox]
  await lab.docker([...run, 'nc', '-w', '1', lab.layout.intruderAddress, '22']).catch(() => undefined)
  await poll('its first segment is seen', async () => (await capture.begunBy(FREE)).length > 0, {timeoutMs: 10_000})
}
