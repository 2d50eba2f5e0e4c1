import {describe, expect, it} from 'vitest'

import {
  isOpen,
  type LifecycleEvent,
  type LifecycleOperation,
  type LifecycleStatus,
  outcomeOf,
  transition,
} from '../../src/fleet/lifecycle.ts'
import {refusalOf} from '../support/refusal.ts'

const STATUSES: readonly LifecycleStatus[] = ['pending', 'running', 'succeeded', 'failed']
const EVENTS: readonly LifecycleEvent[] = ['start', 'succeed', 'fail']
const ALLOWED: Readonly<Record<string, LifecycleStatus>> = {
  'pending start': 'running',
  'pending succeed': 'succeeded',
  'pending fail': 'failed',
  'running succeed': 'succeeded',
  'running fail': 'failed',
}

describe('transition', () => {
  it.each(STATUSES.flatMap((status) => EVENTS.map((event) => [status, event] as const)))('%s, %s', (status, event) => {
    const next = ALLOWED[`${status} ${event}`]
    if (next !== undefined) {
      expect(transition(status, event)).toBe(next)
      return
    }
    const error = refusalOf(() => transition(status, event))
    expect([error.code, error.message]).toEqual(['INTERNAL', `a lifecycle row cannot ${event} when ${status}`])
  })

  it('has no way out of a status that is not open', () => {
    for (const status of STATUSES) {
      const exits = EVENTS.filter((event) => ALLOWED[`${status} ${event}`] !== undefined)
      expect(exits.length > 0).toBe(isOpen(status))
    }
  })
})

it.each<[LifecycleOperation, string]>([
  ['create', 'created'],
  ['replace', 'replaced'],
  ['restart', 'restarted'],
  ['remove', 'removed'],
  ['keep', 'unchanged'],
])('a succeeded %s is called %s', (operation, outcome) => {
  expect(outcomeOf(operation)).toBe(outcome)
})
