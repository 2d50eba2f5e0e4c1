// failures.mjs RESULT.json: what failed in one vitest run, as text. A log is read from its end, so this is what is
// printed last.
import {readFileSync} from 'node:fs'
import {relative} from 'node:path'

const linesOfMessage = 25

for (const suite of JSON.parse(readFileSync(process.argv[2], 'utf8')).testResults) {
  const file = relative(process.cwd(), suite.name)
  if (suite.status === 'failed' && suite.message) report(file, suite.message)
  for (const test of suite.assertionResults)
    if (test.status === 'failed') report(`${file}: ${test.fullName}`, test.failureMessages.join('\n'))
}

function report(what, message) {
  console.log(`\n*** ${what}\n${message.split('\n').slice(0, linesOfMessage).join('\n')}`)
}
