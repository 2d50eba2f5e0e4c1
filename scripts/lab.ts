import {parseArgs} from 'node:util'
import {isDockerVersion} from '../test/lab/docker-binaries.ts'
import {bringUp, type Lab, type LabOptions, openLab} from '../test/lab/lab.ts'
import {layoutOf} from '../test/lab/layout.ts'
import {remainsOf, sweep} from '../test/lab/sweep.ts'
import {ALL_INTRUDER_TOOLS, installTools} from '../test/lab/tools.ts'

const USAGE = `A real Docker Engine on a LAN of its own, with an intruder on it. Needs root and Linux.

  npm run lab -- up [--with-tools]      make it, or find it made
  npm run lab -- run COMMAND…           beside the Engine (decnet, docker, ip …)
  npm run lab -- intruder COMMAND…      on the other end of the cable
  npm run lab -- status                 exit 1 if it is not up
  npm run lab -- down                   remove all of it

  --name NAME          default lab; labs of different names run side by side
  --subnet NETWORK/N   default 10.77.0.0/24
  --dockerd VERSION    20.10 or 26.1; default: the installed one
  --with-tools         install the intruder's clients (about 30 Debian packages)
`

const OPTIONS = {
  name: {type: 'string', default: 'lab'},
  subnet: {type: 'string'},
  dockerd: {type: 'string'},
  'with-tools': {type: 'boolean', default: false},
  help: {type: 'boolean', short: 'h', default: false},
} as const

const VERBS = ['up', 'down', 'run', 'intruder', 'status']

const note = (line: string): void => void process.stderr.write(`lab: ${line}\n`)

/** Splits at the verb, so that options of a command to run stay that command's. */
function split(argv: readonly string[]): {options: string[]; verb: string | undefined; rest: string[]} {
  const at = argv.findIndex(
    (arg, index) => VERBS.includes(arg) && !/^--(name|subnet|dockerd)$/.test(argv[index - 1] ?? ''),
  )
  const verb = argv[at]
  const before = at === -1 ? [...argv] : argv.slice(0, at)
  const after = at === -1 ? [] : argv.slice(at + 1)
  const takesCommand = verb === 'run' || verb === 'intruder'
  return takesCommand ? {options: before, verb, rest: after} : {options: [...before, ...after], verb, rest: []}
}

async function main(argv: readonly string[]): Promise<number> {
  const {options, verb, rest} = split(argv)
  const {values} = parseArgs({args: options, options: OPTIONS})
  if (values.help || verb === undefined) {
    process.stdout.write(USAGE)
    return values.help ? 0 : 64
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    note('network namespaces need root on Linux: run this as root, or in a Linux machine of your own')
    return 77
  }
  if (verb === 'up') return await up(values)
  if (verb === 'down') return await down(values.name)
  const lab = await openLab(values.name)
  if (verb === 'status') return await status(values.name, lab)
  if (lab === undefined) {
    note(`there is no lab "${values.name}": npm run lab -- --name ${values.name} up`)
    return 69
  }
  return await inside(lab, verb, rest)
}

interface UpValues {
  readonly name: string
  readonly subnet?: string | undefined
  readonly dockerd?: string | undefined
  readonly 'with-tools': boolean
}

async function up(values: UpValues): Promise<number> {
  const {name, subnet, dockerd} = values
  if (dockerd !== undefined && !isDockerVersion(dockerd)) throw new RangeError(`no dockerd "${dockerd}": 20.10 or 26.1`)
  const options: LabOptions = {name, report: note, ...(subnet && {subnet}), ...(dockerd && {version: dockerd})}
  const lab = await bringUp(options)
  if (values['with-tools']) await installTools(ALL_INTRUDER_TOOLS, note)
  return await status(name, lab)
}

async function down(name: string): Promise<number> {
  const lab = await openLab(name)
  // A record may be missing where a crash left only namespaces or processes.
  await (lab === undefined ? sweep(layoutOf(name)) : lab.dispose())
  const left = Object.values(remainsOf(layoutOf(name))).flat()
  if (left.length > 0) note(`left behind: ${left.join(' ')}`)
  return left.length > 0 ? 1 : 0
}

async function status(name: string, lab: Lab | undefined): Promise<number> {
  if (lab === undefined || !(await lab.isUp())) {
    process.stdout.write(`lab ${name}: ${lab === undefined ? 'not there' : 'its Engine does not answer'}\n`)
    return 1
  }
  const {layout, version} = lab
  const containers = await lab.containers()
  const lines = [
    `lab ${name}: up`,
    `  Engine      dockerd ${version}, DOCKER_HOST=unix://${layout.socket}`,
    `  LAN         ${layout.subnet}, lan0 has ${layout.address}, gateway ${layout.gateway}`,
    `  intruder    ${layout.intruderAddress}`,
    `  state       DECNET_STATE_DIR=${layout.stateDir}`,
    `  containers  ${containers.length}`,
    ...containers.map(({name: container, state, ip}) => `    ${container} ${state} ${ip ?? ''}`.trimEnd()),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

async function inside(lab: Lab, verb: string, rest: readonly string[]): Promise<number> {
  const [command, ...args] = rest[0] === '--' ? rest.slice(1) : rest
  if (command === undefined) {
    note(`${verb} what?`)
    return 64
  }
  const namespace = verb === 'run' ? lab.layout.namespace : lab.layout.intruderNamespace
  const child = lab.spawn(command, args, {stdio: 'inherit'}, namespace)
  // The terminal signals the whole foreground group: the command decides what it does, and we report how it ended.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name))
  return await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)))
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  note(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
