import {describe, expect, it} from 'vitest'

import {INSTALL, network, request} from '../../support/fleet-parts.ts'
import {failureOf, useBench} from './bench.ts'

const bench = useBench()
const create = () => bench.engine.createDecky(request(), network(), bench.within())
const statuses = () => [...bench.fake.state.containers.values()].map(({status}) => status)

describe('removal', () => {
  it('is waited for when another one is under way', async () => {
    await bench.prepare()
    await create()
    let looks = 0
    bench.fake.fail({on: /DELETE/, status: 409, text: 'removal of container 12ab is already in progress', times: 99})
    bench.fake.fail({
      on: /GET .*json/,
      times: 99,
      first: () => {
        if (++looks > 3) bench.fake.state.containers.clear()
      },
    })
    await bench.engine.removeDecky('web-01', bench.within())
  })

  it('goes on without a log that cannot be read, and says so', async () => {
    await bench.prepare()
    await create()
    bench.fake.fail({on: /GET .*logs/, status: 500, text: 'error reading log file', times: 9})
    await bench.engine.removeDecky('web-01', bench.within())
    expect(bench.steps).toContainEqual(expect.stringContaining('cannot be read: error reading log file'))
    expect(statuses()).toEqual([])
  })

  it('does not happen while evidence cannot be stored', async () => {
    await bench.prepare()
    await create()
    const full = await bench.another({
      evidence: {
        store: () => {
          throw new Error('disk full')
        },
      },
    })
    expect((await failureOf(full.removeDecky('web-01', bench.within()))).message).toContain('disk full')
    expect(bench.fake.state.containers.size).toBe(1)
  })

  it('ends the restart policy first, so that a restarting daemon does not revive it', async () => {
    await bench.prepare()
    await create()
    bench.fake.calls.length = 0
    await bench.engine.removeDecky('web-01', bench.within())
    expect(bench.fake.changes()).toEqual([
      'POST /containers/ID/update',
      'POST /containers/ID/stop',
      'DELETE /containers/ID',
    ])
  })

  it('believes the labels, not the filter of a list', async () => {
    await bench.prepare()
    await create()
    bench.fake.state.ignoresFilters = true
    const other = await bench.another({install: {...INSTALL, id: 'f'.repeat(32)}})
    await other.removeDecky('web-01', bench.within())
    expect((await other.observe(AbortSignal.timeout(2_000))).instances).toEqual([])
    expect(statuses()).toEqual(['running'])
  })

  it('leaves what is not ours alone', async () => {
    await bench.prepare()
    await create()
    const other = await bench.another({install: {...INSTALL, id: 'f'.repeat(32)}})
    await other.removeDecky('web-01', bench.within())
    await other.removeNetwork(bench.within())
    expect(bench.fake.state.containers.size).toBe(1)
    expect(bench.fake.state.networks.size).toBe(1)
  })
})
