// results.mjs counts|failures|files RESULT.json: what one vitest run says of itself.
import {readFileSync} from 'node:fs'
import {relative} from 'node:path'

const linesOfMessage = 25

const [, , what, path] = process.argv
const {testResults: suites} = JSON.parse(readFileSync(path, 'utf8'))
const tests = suites.flatMap((suite) =>
  suite.assertionResults.map((test) => ({...test, file: relative(process.cwd(), suite.name)})),
)
const failed = [
  ...tests
    .filter((test) => test.status === 'failed')
    .map((test) => ({file: test.file, name: test.fullName, message: test.failureMessages.join('\n')})),
  // A file that could not be loaded, or whose set-up failed, has no test to show for it.
  ...suites
    .filter((suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'))
    .map((suite) => ({file: relative(process.cwd(), suite.name), name: 'set-up', message: suite.message ?? ''})),
]

const print = {
  counts: () => console.log(tests.filter((test) => test.status === 'passed').length, failed.length),
  files: () => console.log([...new Set(failed.map((test) => test.file))].join('\n')),
  failures() {
    for (const {file, name, message} of failed)
      console.log(`\n*** ${file}: ${name}\n${message.split('\n').slice(0, linesOfMessage).join('\n')}`)
  },
}

print[what]()
