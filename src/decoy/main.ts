/** The decoy process: reads its manifest from the environment, plays it, and writes evidence to standard output. */
import {reportCrashes} from './crash-reports.ts'
import {boundedMessage} from './error-message.ts'
import {Evidence} from './evidence.ts'
import {startHeartbeat} from './heartbeat.ts'
import {DEFAULT_LIMITS} from './limits.ts'
import {DescriptorSink} from './line-sink.ts'
import {decodeManifest, type Manifest} from './manifest.ts'
import {Runtime} from './runtime.ts'
import {DEFAULT_STATUS_FILE, StatusFile} from './status.ts'

/** `EX_CONFIG` of sysexits: a restart will not help. */
const EXIT_CONFIG = 78
/** What sessions may take to close once the process is told to end. */
const STOP_MS = 500
const STDOUT = 1

function readManifest(): Manifest | null {
  try {
    return decodeManifest(process.env.MANIFEST ?? '')
  } catch (error) {
    process.stderr.write(`the manifest is unreadable: ${boundedMessage(error)}\n`)
    return null
  }
}

async function main(): Promise<void> {
  // What an intruder who gets to see the process list would read.
  process.title = 'node'
  const manifest = readManifest()
  delete process.env.MANIFEST
  if (manifest === null) {
    process.exitCode = EXIT_CONFIG
    return
  }
  const evidence = new Evidence({sink: new DescriptorSink(STDOUT), eventsPerSecond: DEFAULT_LIMITS.eventsPerSecond})
  const [first, ...others] = manifest.deckies
  reportCrashes(evidence, first !== undefined && others.length === 0 ? first.name : '')
  const statusFile = process.env.STATUS_FILE ?? DEFAULT_STATUS_FILE
  const status = new StatusFile(statusFile, evidence.boot)
  startHeartbeat(statusFile)
  const runtime = new Runtime({manifest, evidence, status})
  const stop = () => {
    const deadline = new Promise<void>((resolve) => setTimeout(resolve, STOP_MS))
    void Promise.race([runtime.stop(), deadline]).then(() => {
      evidence.flush()
      process.exit(0)
    })
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  await runtime.start()
}

void main()
