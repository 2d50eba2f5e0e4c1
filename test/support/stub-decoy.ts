/** A decoy bundle small enough to read: it listens, announces itself, and misbehaves when an option tells it to. */
import {mkdir, mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** What the service option `behave` may say: anything else is good behaviour. */
export type Behaviour = 'exit' | 'silent' | 'error' | 'mute' | 'chatty'

const MAIN = `
const net = require('node:net')
const {decky} = {decky: JSON.parse(process.env.MANIFEST).deckies[0]}
const boot = require('node:crypto').randomBytes(8).toString('hex')
let seq = 0
const record = (service, event, data) => {
  seq++
  process.stdout.write(JSON.stringify({v: 1, id: boot + '.' + seq, ts: new Date().toISOString(), boot, seq, decky: decky.name, service, event, data}) + '\\n')
}
process.on('SIGTERM', () => { record('runtime', 'session.end', {last: true}); process.exit(0) })
const ports = []
for (const service of decky.services) for (const {port, protocol} of service.ports) {
  const behave = service.options.behave
  if (behave === 'exit') { process.stderr.write('giving up \\x1b[31mnow\\n'); process.exit(3) }
  if (behave === 'error') { record(service.name, 'service.error', {port, protocol, stage: 'listen', message: 'listen EADDRINUSE'}); continue }
  const ready = () => { if (behave !== 'silent') record(service.name, 'service.ready', {port, protocol, listening: true, answering: behave !== 'mute'}) }
  if (behave === 'chatty') for (let i = 0; i < 3; i++) record(service.name, 'query', {text: 'x'.repeat(20000)})
  ports.push({decky: decky.name, name: service.name, bind: '0.0.0.0', port, protocol, state: 'answering'})
  if (protocol === 'udp') { const s = require('node:dgram').createSocket('udp4'); s.bind(port, ready) }
  else net.createServer((socket) => { socket.on('error', () => {}); socket.end(service.name + ' of ' + decky.persona.hostname + '\\n') }).listen(port, '0.0.0.0', ready)
}
require('node:fs').writeFileSync('/tmp/status.json', JSON.stringify({ports}))
setInterval(() => {}, 1 << 30)
`

const PROBE = `
const addresses = Object.values(require('node:os').networkInterfaces()).flat().filter((a) => a.family === 'IPv4' && !a.internal).map((a) => ({ip: a.address, mac: a.mac}))
const {ports} = JSON.parse(require('node:fs').readFileSync('/tmp/status.json', 'utf8'))
process.stdout.write(JSON.stringify({v: 1, boot: null, addresses, services: ports, error: null}) + '\\n')
`

/** Writes the bundle to a directory of its own under `parent` and resolves with it. */
export async function writeStubDecoy(parent: string = tmpdir()): Promise<string> {
  await mkdir(parent, {recursive: true})
  const directory = await mkdtemp(join(parent, 'stub-decoy-'))
  await writeFile(join(directory, 'main.cjs'), MAIN)
  await writeFile(join(directory, 'probe.cjs'), PROBE)
  return directory
}
