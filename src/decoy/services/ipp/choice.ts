/** Which product the options ask for on a machine, and which of them contradict each other. */
import type {Machine, OptionConflict, OptionValues} from '../../definition.ts'

export function productOf({product}: OptionValues, {os}: Pick<Machine, 'os'>): 'hp' | 'cups' {
  if (product === 'hp' || product === 'cups') return product
  return os === 'linux' || os === 'bsd' ? 'cups' : 'hp'
}

export function ippConflicts(options: OptionValues, machine: Pick<Machine, 'os'>): OptionConflict[] {
  const {product, version} = options
  if (typeof version !== 'string' || productOf(options, machine) === 'cups') return []
  const named = product === 'hp'
  return [
    {
      option: 'version',
      against: named ? 'product' : null,
      problem: `${named ? 'product = hp' : `on ${machine.os} it`} is a printer, which has no version of CUPS: ${version}`,
      hint: 'remove version, or choose product = cups',
    },
  ]
}
