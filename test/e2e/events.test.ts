import {expect, it} from 'vitest'
import type {EvidenceEvent} from '../../src/events/event.ts'
import {capture, poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {describeOnEngines} from '../support/lab.ts'

/** Asks the http decky for a page, as an intruder, and says from which address. */
async function touch(on: Bench, ip: string, path: string): Promise<string> {
  if (on.site.engine === 'docker') {
    await on.lab.intruder('curl', ['-s', '-o', '/dev/null', `http://${ip}${path}`])
    return on.lab.layout.intruderAddress
  }
  const {deckies} = await on.status()
  const port = deckies[0]?.services[0]?.boundPort
  await capture('curl', ['-s', '-o', '/dev/null', `http://${ip}:${port}${path}`])
  return '127.0.0.1'
}

async function events(on: Bench, ...flags: string[]): Promise<EvidenceEvent[]> {
  const outcome = await on.run(['events', '--json', ...flags])
  expect(outcome, said(outcome)).toMatchObject({code: 0, json: {schema: 'decnet.events/v1', ok: true}})
  return (outcome.json as {events: EvidenceEvent[]}).events
}

describeOnEngines('events', (engine) => {
  const bench = useBench('events', {tools: ['curl']}, engine)

  it('tell what an intruder did, once, and still do when the decky is gone', async () => {
    const on = bench()
    const ip = on.site.address(20)
    await on.deploy(on.text({web: {services: 'http', ip}}))
    const source = await touch(on, ip, '/from-the-lan')

    const requests = await events(on, '--event', 'request', '--source', source)
    expect(requests.filter(({data}) => JSON.stringify(data).includes('/from-the-lan'))).toHaveLength(1)
    expect(await events(on, '--event', 'request', '--source', source)).toEqual(requests)
    expect(await events(on, '--decky', 'nobody')).toEqual([])
    const text = await on.run(['events', '--event', 'request'])
    expect(text.stdout).toMatch(/web +http\/\d+ +\S+ +request +GET \/from-the-lan/)

    expect(await on.run(['teardown', '--all', '--yes'])).toMatchObject({code: 0})
    expect(await events(on, '--event', 'request', '--source', source)).toEqual(requests)
  })

  it('are shown as they happen', async () => {
    const on = bench()
    const ip = on.site.address(20)
    await on.deploy(on.text({web: {services: 'http', ip}}))
    const following = on.start(['events', '--follow', '--json', '--event', 'request'])
    let output = ''
    following.child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await touch(on, ip, '/while-it-follows')
    await poll('the request is shown', () => output.includes('/while-it-follows'), {timeoutMs: 20_000})
    following.child.kill('SIGINT')
    const outcome = await following.done
    expect(outcome, said(outcome)).toMatchObject({code: 130})
    const shown = outcome.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event)
    expect(new Set(shown)).toEqual(new Set(['request']))
  })
})
