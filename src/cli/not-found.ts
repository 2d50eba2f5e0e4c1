import {type Hook, toStandardizedId} from '@oclif/core'

import {suggest} from '../fleet/suggest.ts'

import {EXIT} from './exit-codes.ts'
import {errorDocument} from './failure.ts'
import {sanitize} from './views/text.ts'

/** An unknown command is a usage error like any other, with the nearest name as a hint. */
const hook: Hook.CommandNotFound = async ({id, argv, config}) => {
  const name = sanitize(toStandardizedId(id, config).replaceAll(':', ' '))
  const nearest = suggest(
    name,
    config.commandIDs.map((known) => known.replaceAll(':', ' ')),
  )
  const message = `unknown command: ${name}`
  const hint = nearest === undefined ? 'see decnet --help' : `did you mean \`decnet ${nearest}\`?`
  if (argv?.includes('--json') === true) {
    const failure = {code: 'USAGE', exit: EXIT.USAGE, message, hint, diagnostics: []} as const
    process.stdout.write(`${JSON.stringify(errorDocument(failure))}\n`)
  } else {
    process.stderr.write(`error: ${message}\nhint: ${hint}\n`)
  }
  process.exitCode = EXIT.USAGE
}

export default hook
