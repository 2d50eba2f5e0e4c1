/**
 * `npm run test:all`: every suite that this machine can run, and at the end what was left out and why. Suites that need
 * root or Docker leave themselves out; `DECNET_REQUIRE_LAB=1` makes that a failure.
 */
import {spawn} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** As much of vitest's JSON report as is counted. */
export interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly {readonly status: string; readonly fullName: string}[]
  }[]
}

export interface Summary {
  readonly passed: number
  readonly failed: number
  /** Full names of what was left out. */
  readonly skipped: readonly string[]
}

const PROJECTS = ['unit', 'e2e']

/** The counts of some reports together; null stands for a run that left none, which is a failure. */
export function summarize(reports: readonly (Report | null)[]): Summary {
  const present = reports.filter((report) => report !== null)
  const add = (count: (report: Report) => number) => present.reduce((sum, report) => sum + count(report), 0)
  return {
    passed: add(({numPassedTests}) => numPassedTests),
    failed: add(({numFailedTests}) => numFailedTests) + (reports.length - present.length),
    skipped: present.flatMap(({testResults}) =>
      testResults.flatMap(({assertionResults}) =>
        assertionResults.filter(({status}) => status !== 'passed' && status !== 'failed').map(({fullName}) => fullName),
      ),
    ),
  }
}

/** What is printed last. */
export function summaryText({passed, failed, skipped}: Summary): string {
  const left = skipped.length === 0 ? [] : ['', `*** ${skipped.length} left out on this machine:`, ...skipped]
  return [...left, '', `${passed} passed, ${failed} failed, ${skipped.length} left out`].join('\n')
}

async function run(project: string, directory: string): Promise<{report: Report | null; passed: boolean}> {
  const file = join(directory, `${project}.json`)
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const child = spawn('vitest', args, {stdio: ['ignore', 'inherit', 'inherit']})
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  })
  return {report: readReport(file), passed: code === 0}
}

function readReport(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

if (import.meta.main) {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-test-all-'))
  try {
    const reports: (Report | null)[] = []
    for (const project of PROJECTS) {
      const {report, passed} = await run(project, directory)
      reports.push(report)
      // A run can break outside of any test.
      if (!passed) process.exitCode = 1
    }
    console.log(summaryText(summarize(reports)))
    if (reports.includes(null)) process.exitCode = 1
  } finally {
    rmSync(directory, {recursive: true, force: true})
  }
}
