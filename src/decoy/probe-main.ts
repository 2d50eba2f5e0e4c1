/** Entry of the probe. */
import {probe} from './probe.ts'
import {DEFAULT_STATUS_FILE} from './status.ts'

process.stdout.write(`${JSON.stringify(probe(process.env.STATUS_FILE ?? DEFAULT_STATUS_FILE))}\n`)
