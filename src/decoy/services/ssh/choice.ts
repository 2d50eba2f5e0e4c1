/** What each product calls itself, and which options contradict each other by that. */
import type {OptionConflict, OptionValues} from '../../definition.ts'

export const SSH_PRODUCTS = ['openssh', 'dropbear', 'cisco', 'ilo', 'esxi'] as const

const SOFTWARE: Readonly<Record<(typeof SSH_PRODUCTS)[number], string>> = {
  openssh: 'OpenSSH_',
  dropbear: 'dropbear_',
  cisco: 'Cisco-',
  ilo: 'mpSSH_',
  esxi: 'OpenSSH_',
}

/** A name of none of them is the operator's business; one of another gives the decoy away. */
export function sshConflicts({product, version}: OptionValues): OptionConflict[] {
  const named = SSH_PRODUCTS.find((name) => name === product)
  if (named === undefined || typeof version !== 'string') return []
  const owner = SSH_PRODUCTS.find((name) => version.startsWith(SOFTWARE[name]))
  if (owner === undefined || SOFTWARE[owner] === SOFTWARE[named]) return []
  const problem = `${named} does not call itself ${JSON.stringify(version)}`
  const hint = `its versions begin with ${SOFTWARE[named]}; or choose product = ${owner}`
  return [{option: 'version', against: 'product', problem, hint}]
}
