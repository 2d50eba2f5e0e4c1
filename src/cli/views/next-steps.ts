import type {Decky, Fleet} from '../../fleet/decky.ts'
import type {MutationResult} from '../../operations/mutation.ts'
import {shellWord} from '../../state/shown.ts'

import {type Step, stepList} from './steps.ts'
import type {Style} from './style.ts'
import {sanitize} from './text.ts'

/**
 * What to try after a deployment that went well: a client for what was deployed, what it did, and the way back.
 * @param stateDir `--state-dir` as given: the commands need it too.
 */
export function nextSteps(result: MutationResult, stateDir: string | undefined, style: Style, width?: number): string {
  const option = stateDir === undefined ? '' : ` --state-dir ${sanitize(shellWord(stateDir))}`
  const steps: Step[] = [
    ...clientCommands(result).map((command) => ({command})),
    {command: `decnet status${option}`, purpose: 'see what runs'},
    {command: `decnet events${option}`, purpose: 'see what intruders do'},
    {command: `decnet teardown --all${option}`, purpose: 'remove it again'},
  ]
  return stepList(heading(result.fleet), steps, style, width)
}

function heading({engine, network}: Fleet): string {
  if (engine === 'embedded') return 'Try, on this machine:'
  return `Try, from another machine of the LAN (this one cannot reach ${network.driver} deckies):`
}

/** How a client calls a service at an address; the port is left out where it is the one that the client knows. */
const CLIENTS: readonly (readonly [service: string, command: (ip: string, port: number) => string])[] = [
  ['ssh', (ip, port) => (port === 22 ? `ssh root@${ip}` : `ssh -p ${port} root@${ip}`)],
  ['http', (ip, port) => (port === 80 ? `curl http://${ip}/` : `curl http://${ip}:${port}/`)],
]

/** One command for each client, to a decky that this deployment brought up; for want of both, any TCP port. */
function clientCommands({fleet, rows}: MutationResult): string[] {
  const up = new Set(
    rows.filter(({status, operation}) => status === 'succeeded' && operation !== 'remove').map(({decky}) => decky),
  )
  const deckies = fleet.deckies.filter(({name}) => up.has(name))
  const known = CLIENTS.flatMap(([service, command]) => commandTo(deckies, fleet, service, command))
  return known.length > 0 ? known : commandTo(deckies, fleet, undefined, (ip, port) => `nc ${ip} ${port}`)
}

function commandTo(
  deckies: readonly Decky[],
  {portOffset}: Fleet,
  service: string | undefined,
  command: (ip: string, port: number) => string,
): string[] {
  for (const {ip, services} of deckies) {
    const offered = services.filter(({name}) => service === undefined || name === service)
    const found = offered.flatMap(({ports}) => ports).find(({protocol}) => protocol === 'tcp')
    if (found !== undefined) return [command(ip, found.port + portOffset)]
  }
  return []
}
