import type {ChildProcess} from 'node:child_process'
import {join} from 'node:path'
import {afterEach, expect, it} from 'vitest'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {describeOnLab, type Lab} from '../support/lab.ts'

const MAIN = join(import.meta.dirname, '../support/poisoner-main.ts')
const PROTOCOLS = ['llmnr', 'mdns', 'nbns']

const running: ChildProcess[] = []

afterEach(async () => {
  for (const child of running.splice(0)) {
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await ended
  }
})

/** Starts a poisoner on the intruder's machine; what it prints. */
async function poisoner(lab: Lab): Promise<string[]> {
  const {intruderAddress, intruderNamespace} = lab.layout
  const options = {stdio: ['ignore', 'pipe', 'inherit'] as ['ignore', 'pipe', 'inherit']}
  const child = lab.spawn(process.execPath, [MAIN, intruderAddress], options, intruderNamespace)
  running.push(child)
  const lines: string[] = []
  child.stdout?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
  const listening = () => PROTOCOLS.every((each) => lines.includes(`listening ${each}`))
  await poll('the poisoner listens', listening, {timeoutMs: 10_000})
  return lines
}

async function poisonings(on: Bench): Promise<EvidenceEvent[]> {
  const outcome = await on.run(['events', '--json', '--event', 'poisoner'])
  expect(outcome, said(outcome)).toMatchObject({code: 0})
  return (outcome.json as {events: EvidenceEvent[]}).events
}

describeOnLab('a decky that asks its link for names that nobody has', () => {
  const bench = useBench('poisoner')

  it('knows who poisons it, by whichever protocol', {timeout: 180_000}, async () => {
    const on = bench()
    const ip = on.site.address(20)
    const options = {interval: '2', names: 'filesrv, wpadd'}
    await on.deploy(on.text({desk: {services: 'llmnr', os: 'windows', ip}, 'desk.llmnr': options}))
    expect(await poisonings(on)).toEqual([])

    const heard = await poisoner(on.lab)
    await poll('it asks by every protocol', () => PROTOCOLS.every((each) => heard.includes(`${each} ${ip}`)), {
      timeoutMs: 30_000,
    })
    const events = await poll(
      'all of the answers are recorded',
      async () => {
        const all = await poisonings(on)
        return PROTOCOLS.every((each) => all.some(({data}) => data?.protocol === each)) ? all : undefined
      },
      {timeoutMs: 60_000},
    )
    for (const {decky, service, src, data} of events) {
      expect([decky, service, src?.ip]).toEqual(['desk', 'llmnr', on.lab.layout.intruderAddress])
      expect(['filesrv', 'wpadd']).toContain(data?.name)
      expect(data?.address).toBe(on.lab.layout.intruderAddress)
    }
  })
})
