import {expect, it} from 'vitest'

import {type Report, summarize, summaryText} from '../../scripts/test-all.ts'

const report = (passed: number, failed: number, skipped: readonly string[]): Report => ({
  numPassedTests: passed,
  numFailedTests: failed,
  testResults: [
    {
      assertionResults: [
        {status: 'passed', fullName: 'a'},
        {status: 'failed', fullName: 'b'},
        ...skipped.map((fullName) => ({status: 'skipped', fullName})),
      ],
    },
  ],
})

it('adds suites up and names what was left out', () => {
  const summary = summarize([report(5, 1, []), report(2, 0, ['drift needs a lab: network namespaces need root'])])
  expect(summaryText(summary)).toBe(
    '\n*** 1 left out on this machine:\ndrift needs a lab: network namespaces need root\n\n7 passed, 1 failed, 1 left out',
  )
})

it('counts a run that left no report as a failure', () => {
  expect(summarize([report(5, 0, []), null])).toEqual({passed: 5, failed: 1, skipped: []})
})
