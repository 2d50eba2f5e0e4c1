import {describe, expect, it} from 'vitest'

import {type Check, ok} from '../../../src/operations/doctor/check.ts'
import {DoctorFacts} from '../../../src/operations/doctor/facts.ts'
import {runChecks} from '../../../src/operations/doctor/run-checks.ts'
import {DoctorWorld} from '../../support/doctor-world.ts'

const check = (id: string, rest: Partial<Check> = {}): Check => ({
  id,
  group: 'machine',
  title: id,
  why: 'it matters',
  run: () => ok('fine'),
  ...rest,
})

async function run(checks: readonly Check[], signal = new AbortController().signal) {
  const facts = new DoctorFacts(new DoctorWorld().examined, {spec: null, probeLan: false}, signal)
  return runChecks(checks, facts, signal)
}

describe('the runner', () => {
  it('gives up a check that does not end, and tells it so', async () => {
    let told = false
    const hanging = check('hanging', {
      deadlineMs: 20,
      run: (_, signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => {
            told = true
          })
        }),
    })
    const [first, second] = await run([hanging, check('other')])
    expect(first).toMatchObject({id: 'hanging', result: 'failed', detail: 'gave no result within 0.02 s'})
    expect(second).toMatchObject({id: 'other', result: 'ok'})
    expect(told).toBe(true)
  })

  it('has at most four under way, and keeps their order by group', async () => {
    let current = 0
    let most = 0
    const busy = async () => {
      most = Math.max(most, ++current)
      await new Promise((resolve) => setImmediate(resolve))
      current--
      return ok('fine')
    }
    const checks = Array.from({length: 12}, (_, at) =>
      check(`c${at}`, {run: busy, group: at % 2 ? 'engine' : 'machine'}),
    )
    const reports = await run(checks)
    expect(most).toBe(4)
    expect(reports.map(({id}) => id)).toEqual([0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11].map((at) => `c${at}`))
  })

  it('leaves out what concerns the other engine', async () => {
    expect(await run([check('a', {engine: 'embedded'}), check('b', {engine: 'docker'})])).toMatchObject([{id: 'b'}])
  })

  it('stops when it is told to', async () => {
    const control = new AbortController()
    const end = () => {
      control.abort(new Error('enough'))
      return ok('fine')
    }
    const stop = check('stop', {run: end})
    await expect(run([stop, ...Array.from({length: 8}, (_, at) => check(`c${at}`))], control.signal)).rejects.toThrow(
      'enough',
    )
  })
})
