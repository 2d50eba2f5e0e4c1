/** Which telephone system the options ask for on a machine, and which of them contradict each other. */
import type {Machine, OptionConflict, OptionValues} from '../../definition.ts'

type ProductName = 'asterisk' | 'freepbx'

/** FreePBX names the Asterisk below it, too: `16.0.40.7(18.16.0)`. */
const isOfFreepbx = (version: string): boolean => version.includes('(')

/** What is named, else what the machine is, else what has such a version; null: any will do. */
export function requestedProduct(
  {product, version}: OptionValues,
  {archetype}: Pick<Machine, 'archetype'>,
): ProductName | null {
  if (product === 'asterisk' || product === 'freepbx') return product
  if (archetype === 'voip-pbx') return 'freepbx'
  if (typeof version !== 'string') return null
  return isOfFreepbx(version) ? 'freepbx' : 'asterisk'
}

export function sipConflicts(options: OptionValues, machine: Pick<Machine, 'archetype'>): OptionConflict[] {
  const {product, version} = options
  const requested = requestedProduct(options, machine)
  if (typeof version !== 'string' || isOfFreepbx(version) === (requested === 'freepbx')) return []
  const against = product === undefined ? null : 'product'
  if (requested === 'freepbx') {
    const problem = `freepbx names the Asterisk below it, too, which version = ${version} does not`
    return [{option: 'version', against, problem, hint: 'write it as 16.0.40.7(18.16.0), or choose product = asterisk'}]
  }
  const problem = `asterisk has no version ${JSON.stringify(version)}`
  const hint = 'write the version of Asterisk alone, such as 18.16.0, or choose product = freepbx'
  return [{option: 'version', against, problem, hint}]
}
