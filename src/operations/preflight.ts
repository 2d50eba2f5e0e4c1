import type {FleetNetwork} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {Plan} from '../fleet/plan.ts'
import type {EngineName} from '../fleet/spec.ts'
import {linkFacts} from '../network/link.ts'
import {agreementProblem, interfaceProblem, moduleProblem, stackedProblem, wirelessProblem} from '../network/parent.ts'

import type {Surroundings} from './surroundings.ts'

/** A restart or a removal works on an interface in any state, or at least is no worse for it. */
const CREATING = /\.(create|replace)$/

/**
 * Looks for what would make every decky of this plan fail, before anything is written: a few small files are read, no
 * program is run. Throws at the first such thing; what is only doubtful is returned, one line each.
 */
export function preflight(
  {host, engineIsLocal}: Pick<Surroundings, 'host' | 'engineIsLocal'>,
  plan: Plan,
  {engine, network}: {readonly engine: EngineName; readonly network: FleetNetwork},
): string[] {
  const creates = plan.operations.some(({action, engine: other}) => other === undefined && CREATING.test(action))
  if (engine !== 'docker' || !engineIsLocal || host.platform !== 'linux' || !creates) return []
  const link = linkFacts(host, network.interface)
  const problems = [
    interfaceProblem(host, network),
    wirelessProblem(host, network),
    link === null ? null : stackedProblem(link),
    moduleProblem(host, network.driver),
    agreementProblem(host, network),
  ].filter((problem) => problem !== null)
  const fatal = problems.find(({severity}) => severity === 'failed')
  if (fatal !== undefined) {
    throw new DecnetError('PLATFORM_UNSUPPORTED', `nothing was changed: ${fatal.detail}`, {hint: fatal.fix})
  }
  return problems.map(({detail, fix}) => `${detail}; ${fix}`)
}
