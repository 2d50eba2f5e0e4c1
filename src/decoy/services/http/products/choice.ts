/** Which product the options ask for, and which of them contradict each other. */
import type {OptionConflict, OptionValues} from '../../../definition.ts'
import {isSkin, PRODUCTS, type ProductName, WEB_SERVERS} from './names.ts'
import {VERSIONS} from './versions.ts'

/** What authenticates in a way that only one product has as it is installed. */
const PAGE_OWNERS: ReadonlyMap<unknown, ProductName> = new Map([
  // nginx has no module for it, and that of IIS is no part of its default installation.
  ['digest', 'apache'],
  ['windows', 'iis'],
])

/** The product that is named, else the one that has such a page, else such a version; null: any web server will do. */
export function requestedProduct({product, page, version}: OptionValues): ProductName | null {
  const named = PRODUCTS.find((candidate) => candidate === product) ?? PAGE_OWNERS.get(page)
  return named ?? (typeof version === 'string' ? WEB_SERVERS.find((name) => hasVersion(name, version)) : null) ?? null
}

export function webConflicts(options: OptionValues): OptionConflict[] {
  const product = requestedProduct(options)
  const {page, version} = options
  return [
    ...(typeof page === 'string' && product !== null ? pageConflicts(product, page) : []),
    ...(typeof version === 'string' ? versionConflicts(product, version, options) : []),
  ]
}

const hasVersion = (product: ProductName, version: string): boolean => VERSIONS[product].pattern.test(version)

function pageConflicts(product: ProductName, page: string): OptionConflict[] {
  const conflict = {option: 'page', against: 'product'}
  const owner = PAGE_OWNERS.get(page)
  if (isSkin(product)) {
    if (page === 'default') return []
    const problem = `${product} has pages of its own: page = ${page} is for ${owner ?? WEB_SERVERS.join(', ')}`
    return [{...conflict, problem, hint: 'remove page, or choose another product'}]
  }
  if (owner === undefined || owner === product) return []
  const problem = `page = ${page} is for ${owner}, not for ${product}`
  return [{...conflict, problem, hint: `choose default, login or basic, or product = ${owner}`}]
}

function versionConflicts(product: ProductName | null, version: string, options: OptionValues): OptionConflict[] {
  if (product === null) {
    const known = WEB_SERVERS.map((name) => `${name} has ${VERSIONS[name].known}`).join('; ')
    const problem = `no web server has a version ${JSON.stringify(version)}`
    return [{option: 'version', against: null, problem, hint: `name the product that has it; ${known}`}]
  }
  if (hasVersion(product, version)) return []
  const asked = options.product === undefined ? `, which page = ${options.page} asks for,` : ''
  const problem = `${product}${asked} has no version ${JSON.stringify(version)}`
  const against = options.product === undefined ? 'page' : 'product'
  return [{option: 'version', against, problem, hint: `${product} has ${VERSIONS[product].known}`}]
}
