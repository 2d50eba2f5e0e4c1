/** What `decnet collect` takes while it follows forty deckies that are busy. */
import {spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

import {EvidenceStore} from '../src/events/evidence-store.ts'
import {processorMs, residentMegabytes} from './embedded-fleet.ts'
import {type Result, timedCommand} from './measure.ts'

const RUN = resolve(import.meta.dirname, '../bin/run.js')
const DECKIES = 40
const SUBNET = '127.66.0'
const PORT = 26_379
const SECONDS = 20
const TICK_MS = 100
/** For each decky: a source may do 200 events a second. */
const PER_TICK = 10

export async function measureCollector(): Promise<Result[]> {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-bench-collect-'))
  const env = {...process.env, DECNET_STATE_DIR: join(directory, 'state'), DECNET_PORT_OFFSET: '20000'}
  const fleet = join(directory, 'fleet.ini')
  writeFileSync(
    fleet,
    `[general]\nengine = embedded\nnet = ${SUBNET}.0/24\n[c]\namount = ${DECKIES}\nservices = redis\n`,
  )
  const decnet = (...args: string[]): number => timedCommand(process.execPath, [RUN, ...args], env)
  decnet('config', 'set', 'deployment-limit', '100')
  decnet('deploy', fleet)
  const collector = spawn(process.execPath, [RUN, 'collect'], {env, stdio: 'ignore'})
  const peer = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'})
  try {
    await sleep(2000)
    const idle = residentMegabytes(collector.pid ?? 0)
    const before = processorMs(collector.pid ?? 0)
    const sent = await storm()
    const busy = (processorMs(collector.pid ?? 0) - before) / (SECONDS * 10)
    const megabytes = residentMegabytes(collector.pid ?? 0)
    await sleep(3000)
    const store = EvidenceStore.open(env.DECNET_STATE_DIR)
    const stored = store.read(0, (db) =>
      Number(db.prepare(`SELECT count(*) FROM evidence WHERE event = 'command'`).pluck().get()),
    )
    store.close()
    process.stdout.write(
      `collect: ${idle.toFixed(0)} MB idle, ${megabytes.toFixed(0)} MB while ${DECKIES} deckies record ${Math.round(sent / SECONDS)} events a second (${busy.toFixed(0)} % of a core); ${stored} of ${sent} stored 3 s after the last\n`,
    )
    const theirs = residentMegabytes(peer.pid ?? 0)
    return [
      {
        name: `memory of collect, ${DECKIES} busy deckies`,
        peer: 'a Node that waits',
        ours: megabytes,
        theirs,
        unit: 'MB',
      },
    ]
  } finally {
    collector.kill('SIGKILL')
    peer.kill('SIGKILL')
    decnet('teardown', '--all', '--yes')
    rmSync(directory, {recursive: true, force: true})
  }
}

/** Commands to every decky at a steady pace; returns how many. */
async function storm(): Promise<number> {
  // The first address is the gateway's.
  const sockets = Array.from({length: DECKIES}, (_, index) => connect(PORT, `${SUBNET}.${2 + index}`))
  for (const socket of sockets) socket.on('error', () => {}).resume()
  const end = performance.now() + SECONDS * 1000
  let sent = 0
  while (performance.now() < end) {
    for (const socket of sockets) socket.write('INCR counter\r\n'.repeat(PER_TICK))
    sent += DECKIES * PER_TICK
    await sleep(TICK_MS)
  }
  for (const socket of sockets) socket.end()
  return sent
}
