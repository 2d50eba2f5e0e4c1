import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {getSetting, listSettings, setSetting} from '../../src/operations/settings.ts'
import {OperationWorld} from '../support/operation-world.ts'
import {refusalOf, rejectionOf} from '../support/refusal.ts'

const options = () => ({lockTimeoutMs: 0, signal: new AbortController().signal, progress: () => undefined})

describe('settings', () => {
  it('have defaults where there is no state, and make none', () => {
    const {deps, stateDir} = new OperationWorld()
    expect(listSettings(deps).map(({name, value, isDefault}) => [name, value, isDefault])).toEqual([
      ['deployment-limit', '10', true],
      ['events-days', '365', true],
      ['events-megabytes', '10240', true],
      ['image', null, true],
      ['parallel', '4', true],
    ])
    expect(getSetting(deps, 'deployment-limit')).toMatchObject({value: '10', isDefault: true})
    expect(existsSync(stateDir)).toBe(false)
  })

  it('keep what they are set to until they are emptied', async () => {
    const {deps} = new OperationWorld()
    expect(await setSetting(deps, 'deployment-limit', '60', options())).toMatchObject({value: '60', isDefault: false})
    expect(getSetting(deps, 'deployment-limit')).toMatchObject({value: '60', isDefault: false})
    expect(await setSetting(deps, 'deployment-limit', '', options())).toMatchObject({value: '10', isDefault: true})
  })

  it.each([
    ['deployment-limit', '0', 'expected a whole number from 1 to 65000'],
    ['deployment-limit', '65001', 'expected a whole number from 1 to 65000'],
    ['deployment-limit', '1e3', 'expected a whole number from 1 to 65000'],
    ['parallel', '65', 'expected a whole number from 1 to 64'],
    ['image', '--privileged', 'expected an image reference, e.g. registry.example/decoy:1'],
  ])('refuse %s = %s before anything is made', async (name, value, hint) => {
    const {deps, stateDir} = new OperationWorld()
    const error = await rejectionOf((async () => setSetting(deps, name, value, options()))())
    expect([error.code, error.hint]).toEqual(['USAGE', hint])
    expect(existsSync(stateDir)).toBe(false)
  })

  it('has a hint for a name that is none', () => {
    const {deps} = new OperationWorld()
    const error = refusalOf(() => getSetting(deps, 'deployment_limit'))
    expect([error.code, error.message]).toEqual(['USAGE', 'there is no setting deployment_limit'])
    expect(error.hint).toContain('deployment-limit')
  })

  it('bound the fleet', async () => {
    const world = new OperationWorld()
    await setSetting(world.deps, 'deployment-limit', '1', options())
    expect((await rejectionOf(world.deploy('[a]\n[b]\n'))).code).toBe('LIMIT_EXCEEDED')
    await setSetting(world.deps, 'deployment-limit', '2', options())
    expect((await world.deploy('[a]\n[b]\n')).summary.created).toBe(2)
  })
})
