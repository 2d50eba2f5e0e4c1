/** Ports of one service that get in each other's way, and options that move ports which stay closed. */
import type {PortDefinition, ServiceDefinition} from '../decoy/definition.ts'
import type {OptionProblem, Options} from '../fleet/catalog.ts'

export interface ServicePort extends PortDefinition {
  /** Whether it is listened on under these options. */
  readonly isOpen: boolean
}

/** The ports where these options move them to, also those that they leave closed. */
export function portsOf(definition: ServiceDefinition, options: Options): ServicePort[] {
  const isOn = (name: string): boolean => (options[name] ?? definition.options[name]?.default) === true
  return definition.ports.map((each) => {
    const moved = each.option === undefined ? undefined : options[each.option]
    const port = typeof moved === 'number' ? moved : each.port
    return {...each, port, isOpen: each.needs === undefined || isOn(each.needs)}
  })
}

export function portProblems(definition: ServiceDefinition, options: Options): OptionProblem[] {
  const ports = portsOf(definition, options)
  const open = ports.filter(({isOpen}) => isOpen)
  const clashes = open.flatMap((second, index) => {
    const first = open.slice(0, index).find(({port, protocol}) => port === second.port && protocol === second.protocol)
    return first === undefined ? [] : clash(definition.name, first, second, options)
  })
  return [...clashes, ...ports.flatMap((port) => idle(port, options))]
}

/** The option that has to change is the one that is set, and of two the latter. */
function clash(service: string, first: ServicePort, second: ServicePort, options: Options): OptionProblem[] {
  const isSet = ({option}: ServicePort): boolean => option !== undefined && options[option] !== undefined
  const [moved, other] = isSet(second) ? [second, first] : [first, second]
  if (moved.option === undefined) return []
  const at = `${moved.option} = ${moved.port}`
  const problem =
    other.option === undefined
      ? `${at} is where ${service} has ${other.purpose}`
      : `${at} is the ${other.option} of ${service}, too`
  const closed = [other.needs, moved.needs].find((name) => name !== undefined)
  const hint = closed === undefined ? 'choose another port' : `choose another port, or set ${closed} = no`
  return [{code: 'port-clash', option: moved.option, against: other.option ?? null, problem, hint}]
}

function idle({option, needs, isOpen}: ServicePort, options: Options): OptionProblem[] {
  if (isOpen || option === undefined || needs === undefined || options[option] === undefined) return []
  const problem = `${option} has no effect without ${needs} = yes`
  const hint = `set ${needs} = yes, or remove ${option}`
  return [{code: 'option-without-effect', option, against: needs, problem, hint}]
}
