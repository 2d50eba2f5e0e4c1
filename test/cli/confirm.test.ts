import {PassThrough} from 'node:stream'
import {describe, expect, it} from 'vitest'

import {confirmPlan} from '../../src/cli/confirm.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {type DeckyChange, type Operation, type Plan, planToText} from '../../src/fleet/plan.ts'
import {rejectionOf} from '../support/refusal.ts'

const operation = (changes: Partial<Operation>): Operation => ({
  id: 'x',
  address: 'decky/web-01',
  action: 'decky.remove',
  decky: 'web-01',
  cause: 'no longer wanted',
  dependsOn: [],
  destructive: true,
  ...changes,
})
const change = (changes: Partial<DeckyChange>): DeckyChange => ({
  decky: 'web-01',
  operation: 'remove',
  cause: 'no longer wanted',
  destructive: true,
  ...changes,
})
const REMOVAL: Plan = {operations: [operation({})], changes: [change({})]}
const ADDITION: Plan = {
  operations: [operation({action: 'decky.create', destructive: false})],
  changes: [change({operation: 'create', destructive: false})],
}
const NETWORK: Plan = {
  operations: [operation({action: 'network.replace', address: 'network', decky: null, cause: 'its gateway changed'})],
  changes: [],
}

/** A conversation on a terminal that is none. */
function conversation(plan: Plan, options: {yes?: boolean; interactive?: boolean; terminal?: boolean} = {}) {
  const {yes = false, interactive = true, terminal = false} = options
  const input = new PassThrough()
  const output = Object.assign(new PassThrough(), {isTTY: terminal})
  const abort = new AbortController()
  const done = confirmPlan(plan, {yes, interactive, input, output, shown: planToText, signal: abort.signal})
  return {input, abort, done, said: () => String(output.read() ?? '')}
}

describe('confirmPlan', () => {
  it.each([
    ['a plan that only adds', ADDITION, {}],
    ['--yes', REMOVAL, {yes: true}],
    ['--yes where nobody can be asked', REMOVAL, {yes: true, interactive: false}],
    ['an empty plan where nobody can be asked', {operations: [], changes: []}, {interactive: false}],
  ])('asks nothing for %s', async (_, plan, options) => {
    const {done, said} = conversation(plan, options)
    await done
    expect(said()).toBe('')
  })

  it('shows the plan and asks', async () => {
    const {done, input, said} = conversation(REMOVAL)
    input.write('y\n')
    await done
    expect(said()).toBe(
      [
        '  - decky/web-01  remove   no longer wanted',
        'Plan: 0 to create, 0 to replace, 0 to restart, 1 to remove, 0 unchanged.',
        'This removes 1. Continue? [y/N] ',
      ].join('\n'),
    )
  })

  it.each(['y\n', 'Y\n', 'yes\n', ' YES \r\n'])('takes %j for a yes', async (answer) => {
    const {done, input} = conversation(REMOVAL)
    input.write(answer)
    await expect(done).resolves.toBeUndefined()
  })

  it.each(['\n', 'n\n', 'no\n', 'yeah\n', 'yy\n', '\u0000\n'])('takes %j for a no', async (answer) => {
    const {done, input} = conversation(REMOVAL)
    input.write(answer)
    const error = await rejectionOf(done)
    expect([error.code, error.message]).toEqual(['DECLINED', 'declined; nothing was changed'])
  })

  it.each(['', 'n'])('takes the end of the input after %j for a no', async (text) => {
    const {done, input} = conversation(REMOVAL)
    input.end(text)
    expect((await rejectionOf(done)).code).toBe('DECLINED')
  })

  it('says what a plan is about that replaces only the network', async () => {
    const {done, input, said} = conversation(NETWORK)
    input.write('y\n')
    await done
    expect(said()).toContain('This replaces the network. Continue? [y/N] ')
  })

  it('says both of a plan that replaces and removes', async () => {
    const plan = {...REMOVAL, changes: [change({}), change({decky: 'b', operation: 'replace'})]}
    const {done, input, said} = conversation(plan)
    input.write('y\n')
    await done
    expect(said()).toContain('This replaces 1 and removes 1. Continue?')
  })

  it('refuses where nobody can be asked', async () => {
    const error = await rejectionOf(conversation(REMOVAL, {interactive: false}).done)
    expect([error.code, error.message, error.hint]).toEqual([
      'CONFIRM_REQUIRED',
      'this removes 1, and nobody can be asked',
      'say --yes if that is wanted; --dry-run shows the plan',
    ])
  })

  it('ends with the reason of a signal', async () => {
    const {done, abort} = conversation(REMOVAL)
    const reason = new DecnetError('TERMINATED', 'stopped by SIGTERM')
    abort.abort(reason)
    expect(await rejectionOf(done)).toBe(reason)
  })

  it('takes Ctrl-C, which a terminal in raw mode does not make a signal of, for an interrupt', async () => {
    const {done, input} = conversation(REMOVAL, {terminal: true})
    input.write('\u0003')
    expect((await rejectionOf(done)).code).toBe('INTERRUPTED')
  })

  it('takes Ctrl-D for a no', async () => {
    const {done, input} = conversation(REMOVAL, {terminal: true})
    input.write('\u0004')
    expect((await rejectionOf(done)).code).toBe('DECLINED')
  })
})
