/** Which product the options ask for on a machine, and which of them contradict each other. */
import type {Machine, OptionConflict, OptionValues} from '../../definition.ts'

export const FTP_PRODUCTS = ['vsftpd', 'proftpd', 'iis', 'axis', 'jetdirect'] as const
export type ProductName = (typeof FTP_PRODUCTS)[number]

/** The others name no version. */
const VERSIONS: Readonly<Partial<Record<ProductName, {readonly pattern: RegExp; readonly known: string}>>> = {
  vsftpd: {pattern: /^[23]\./, known: '2.x.y and 3.x.y, such as 3.0.5'},
  proftpd: {pattern: /^1\.[23]\./, known: '1.2.x and 1.3.x, such as 1.3.8'},
  axis: {pattern: /^(?:[5-9]|1[0-2])\./, known: 'firmware 5 to 12, such as 10.12.182'},
}
const UNIX_SERVERS = ['vsftpd', 'proftpd'] as const

/** Of machines whose maker wrote the server. */
const BY_ARCHETYPE: Readonly<Record<string, ProductName>> = {printer: 'jetdirect', 'iot-device': 'axis'}

/** What is named, else what the machine is, else what has such a version; null: any of those that Unix has. */
export function requestedProduct({product, version}: OptionValues, {os, archetype}: Machine): ProductName | null {
  const certain = FTP_PRODUCTS.find((name) => name === product) ?? BY_ARCHETYPE[archetype ?? '']
  if (certain !== undefined) return certain
  if (os.startsWith('windows')) return 'iis'
  if (typeof version !== 'string') return null
  return UNIX_SERVERS.find((name) => VERSIONS[name]?.pattern.test(version)) ?? null
}

export function ftpConflicts(options: OptionValues, machine: Machine): OptionConflict[] {
  const {product, version} = options
  if (typeof version !== 'string') return []
  const requested = requestedProduct(options, machine)
  const candidates = requested === null ? UNIX_SERVERS : [requested]
  const versions = candidates.flatMap((name) => VERSIONS[name] ?? [])
  if (versions.length === 0 || versions.some(({pattern}) => pattern.test(version))) return []
  const names = candidates.join(' or ')
  const is = product === undefined ? `here it is ${names}, which has` : `${names} has`
  return [
    {
      option: 'version',
      against: product === undefined ? null : 'product',
      problem: `${is} no version ${JSON.stringify(version)}`,
      hint: candidates.map((name) => `${name} has ${VERSIONS[name]?.known}`).join('; '),
    },
  ]
}
