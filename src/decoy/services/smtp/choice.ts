/** Which product the options ask for on a machine, and which of them contradict each other. */
import type {Machine, OptionConflict, OptionValues} from '../../definition.ts'

export const MTAS = ['postfix', 'exim', 'sendmail', 'exchange'] as const
export type MtaName = (typeof MTAS)[number]

/** Exchange names no version. */
const VERSIONS: Readonly<Partial<Record<MtaName, {readonly pattern: RegExp; readonly known: string}>>> = {
  postfix: {pattern: /^[23]\./, known: '2.x and 3.x, such as 3.7.11'},
  exim: {pattern: /^4\./, known: '4.x, such as 4.96'},
  sendmail: {pattern: /^8\./, known: '8.x.y, such as 8.17.1'},
}

/** `mta` is the name that older fleet files have for `product`. */
export function productOf({product, mta}: OptionValues, {os}: Pick<Machine, 'os'>): MtaName {
  const named = MTAS.find((name) => name === product) ?? MTAS.find((name) => name === mta)
  if (named !== undefined) return named
  if (os === 'windows' || os === 'windows_server') return 'exchange'
  return os === 'bsd' ? 'sendmail' : 'postfix'
}

export function mailConflicts(options: OptionValues, machine: Pick<Machine, 'os'>): OptionConflict[] {
  const {version} = options
  const name = productOf(options, machine)
  const versions = VERSIONS[name]
  if (typeof version !== 'string' || versions === undefined || versions.pattern.test(version)) return []
  const against = ['product', 'mta'].find((option) => options[option] !== undefined) ?? null
  const is = against === null ? `on ${machine.os} it is ${name}, which has` : `${name} has`
  const owner = MTAS.find((other) => VERSIONS[other]?.pattern.test(version))
  const other = owner === undefined ? '' : `, or choose product = ${owner}`
  const problem = `${is} no version ${JSON.stringify(version)}`
  return [{option: 'version', against, problem, hint: `${name} has ${versions.known}${other}`}]
}
