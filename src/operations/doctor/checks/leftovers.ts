import type {EngineDetails} from '../../../engines/engine.ts'
import {counted} from '../../../fleet/counted.ts'
import {lockHolder} from '../../../state/lock-holder.ts'
import {type Check, ok, skipped, warning} from '../check.ts'
import type {DoctorFacts} from '../facts.ts'
import {ghostContainers} from '../ghosts.ts'

const NOT_ASKED = skipped('the Docker Engine could not be asked')
const SHOWN = 4

export const interruptedCommands: Check = {
  id: 'interrupted-commands',
  group: 'leftovers',
  title: 'Interrupted commands',
  why: 'A command that was killed leaves deckies half done until another one finishes its work.',
  run({deps, state: {openRows}}) {
    const holder = lockHolder(deps.stateDir)
    if (holder?.alive === true) return ok(`a ${holder.operation} (pid ${holder.pid}) is at work since ${holder.since}`)
    const fix = 'decnet reconcile, or the same command again'
    if (openRows.length > 0) {
      const [first] = openRows
      return warning(
        `${counted(openRows.length, 'row')} of deployment ${first?.deploymentId} still open, and nobody works on them`,
        fix,
      )
    }
    if (holder === null) return ok('none')
    return warning(`a ${holder.operation} (pid ${holder.pid}) of ${holder.since} was killed`, fix)
  },
}

export const otherFleets: Check = {
  id: 'other-fleets',
  group: 'leftovers',
  title: 'Other fleets',
  why: 'Deckies of another state directory keep their addresses, and no command run here sees or removes them.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    if (details === null) return NOT_ASKED
    const [fleet, ...more] = foreignFleets(details, facts.state.snapshot?.install.id)
    if (fleet === undefined) return ok('none')
    const containers = details.containers.filter((container) => container.fleet === fleet).length
    const networks = details.networks.filter((network) => network.fleet === fleet).length
    const others = more.length === 0 ? '' : ` and ${more.length} more`
    return warning(
      `fleet ${fleet}${others} of another state directory: ${counted(containers, 'container')}, ${counted(networks, 'network')}`,
      `decnet teardown --all --state-dir DIR where its state is left, else ${removal(fleet)}`,
    )
  },
}

function foreignFleets({containers, networks}: EngineDetails, own: string | undefined): string[] {
  const labels = [...containers, ...networks].flatMap(({fleet}) => fleet ?? [])
  return [...new Set(labels)].filter((fleet) => fleet !== '' && fleet !== own).toSorted()
}

function removal(fleet: string): string {
  // A label's value may hold anything; only an id that we could have made goes into a command to copy.
  const filter = `label=decnet.fleet=${/^[0-9a-f]{12}$/.test(fleet) ? fleet : 'ID'}`
  return `docker rm -f $(docker ps -aq --filter ${filter})`
}

export const ownLeftovers: Check = {
  id: 'own-leftovers',
  group: 'leftovers',
  title: 'Leftover deckies',
  why: 'A decky that runs and belongs to no fleet holds an address and answers intruders unseen.',
  engine: 'docker',
  async run(facts) {
    const details = await facts.dockerDetails()
    const {snapshot} = facts.state
    if (details === null || snapshot === null) return skipped('the engine or the state cannot be read')
    const fleet = new Set(snapshot.stored?.fleet.deckies.map(({name}) => name))
    const left = details.containers.filter((each) => each.fleet === snapshot.install.id && !fleet.has(each.decky ?? ''))
    if (left.length === 0) return ok('none')
    const names = [...new Set(left.map(({decky, name}) => decky ?? name))]
    const shown = `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`
    const fix = snapshot.stored === null ? 'decnet teardown --all --yes' : 'decnet reconcile --yes'
    return warning(`${shown}: not in the fleet`, fix)
  },
}

export const ghosts: Check = {
  id: 'ghost-containers',
  group: 'leftovers',
  title: 'Ghost containers',
  why: 'After a crash of dockerd a container can run on, with its address, without the Engine knowing it.',
  engine: 'docker',
  async run(facts: DoctorFacts) {
    const details = await facts.dockerDetails()
    if (details === null || !facts.local || facts.host.platform !== 'linux')
      return skipped('only where the Engine runs on this machine')
    const found = ghostContainers(
      facts.host,
      details.containers.map(({id}) => id),
    )
    if (found.length === 0) return ok('none')
    const shown = found
      .slice(0, SHOWN)
      .map(({id}) => id.slice(0, 12))
      .join(', ')
    return warning(
      `${counted(found.length, 'running container')} that the Engine does not list: ${shown}`,
      `ctr -a ${found[0]?.socket} -n moby tasks ls shows them; end each with "tasks kill -s SIGKILL ID", then restart docker`,
    )
  },
}
