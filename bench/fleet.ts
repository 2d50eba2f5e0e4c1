import {composeUp, holderAndServices, inspectDeckies, sameContainers, seccompOf} from './compose.ts'
import {FleetLab} from './fleet-lab.ts'
import {median, type Result, timed} from './measure.ts'
import {sharedOnceMegabytes} from './memory.ts'

const DECKIES = 40
const ROUNDS = 3
/** A decky that stays, so that network and image are there for both sides. */
const ANCHOR = 'anchor'
const QUIET = ['--progress', 'quiet']

/** Deploying, changing and holding forty deckies on a real Engine. */
export async function benchFleet(): Promise<Result[]> {
  const bench = await FleetLab.start()
  try {
    await bench.decnet(['deploy', await bench.fleetFile(ANCHOR, 1, ['http']), ...QUIET])
    return [
      ...(await againstSameContainers(bench)),
      ...(await againstServiceContainers(bench)),
      ...(await smallChanges(bench)),
    ]
  } finally {
    await bench.dispose()
  }
}

async function againstSameContainers(bench: FleetLab): Promise<Result[]> {
  const {ours, theirs} = await race(bench, ['ssh', 'http'], sameContainers)
  return [result(`deploy ${DECKIES} deckies until ready`, 'compose up of the same containers', ours, theirs, 1.15)]
}

async function againstServiceContainers(bench: FleetLab): Promise<Result[]> {
  const {ours, theirs} = await race(bench, ['ssh', 'http', 'redis'], holderAndServices)
  return [
    result(`deploy ${DECKIES} deckies of 3 services`, 'compose: holder + container per service', ours, theirs, 0.4),
  ]
}

/** Deploys with decnet and with Compose in turn, and takes the medians. */
async function race(bench: FleetLab, services: string[], shape: typeof sameContainers) {
  const file = await bench.fleetFile('bench', DECKIES, services)
  const names = bench.names('bench', DECKIES)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timed(() => bench.decnet(['deploy', file, ...QUIET])))
    const inspected = (await inspectDeckies(bench)).filter(({Name}) => Name.includes('-bench-'))
    await bench.decnet(['teardown', ...names, '--yes', ...QUIET])
    let down: (() => Promise<void>) | undefined
    theirs.push(
      await timed(async () => {
        down = await composeUp(bench, shape(inspected), {
          ready: DECKIES * services.length,
          seccomp: seccompOf(inspected),
        })
      }),
    )
    await down?.()
  }
  process.stdout.write(`rounds of ${services.join('+')}, ms: decnet ${whole(ours)}, peer ${whole(theirs)}\n`)
  return {ours: median(ours), theirs: median(theirs)}
}

async function smallChanges(bench: FleetLab): Promise<Result[]> {
  const forty = await bench.fleetFile('bench', DECKIES, ['ssh', 'http'])
  const first = await timed(() => bench.decnet(['deploy', forty, '--replace-fleet', '--yes', ...QUIET]))
  const noop = await timed(() => bench.decnet(['deploy', forty, '--replace-fleet', ...QUIET]))
  const one = await bench.fleetFile('more', 1, ['ssh', 'http'])
  const more = await timed(() => bench.decnet(['deploy', one, ...QUIET]))
  const pids = (await inspectDeckies(bench)).map(({State}) => State.Pid)
  const each = (sharedOnceMegabytes(pids) / pids.length).toFixed(1)
  process.stdout.write(`memory: ${pids.length} deckies, ${each} MB each, pages that they share counted once\n`)
  return [
    result(`replace ${DECKIES} by the same ${DECKIES}`, `deploy of ${DECKIES}`, noop, first),
    result(`one more decky on ${DECKIES}`, `deploy of ${DECKIES}`, more, first),
  ]
}

function whole(values: readonly number[]): string {
  return values.map((value) => value.toFixed(0)).join(' ')
}

function result(name: string, peer: string, ours: number, theirs: number, goal?: number): Result {
  return {name, peer, ours, theirs, unit: 'ms', ...(goal === undefined ? {} : {goal})}
}
