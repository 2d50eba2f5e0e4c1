import type {Diagnostic} from '../../src/fleet/diagnostics.ts'
import {DecnetError} from '../../src/fleet/errors.ts'
import {type FleetReading, type ReadOptions, readFleetSpec} from '../../src/fleet/read-spec.ts'
import type {FleetSpec} from '../../src/fleet/spec.ts'
import {CATALOG} from '../support/catalog.ts'

export function read(input: string | Uint8Array, options?: ReadOptions): FleetReading {
  return readFleetSpec('fleet.ini', input, CATALOG, options)
}

/** The spec of a file that must be accepted without a warning. */
export function specOf(input: string | Uint8Array): FleetSpec {
  const {spec, warnings} = read(input)
  if (warnings.length > 0) throw new Error(`unexpected warnings: ${warnings.map(describe).join(', ')}`)
  return spec
}

/** What a file that must be refused is refused for. */
export function refusal(input: string | Uint8Array, options?: ReadOptions): DecnetError {
  try {
    read(input, options)
  } catch (error) {
    if (error instanceof DecnetError) return error
    throw error
  }
  throw new Error('the file was accepted')
}

/** `code line:column` */
export function describe({code, place}: Diagnostic): string {
  return place === undefined ? code : `${code} ${place.line}:${place.column}`
}

/** All problems of a file that must be refused, warnings left out. */
export function problems(input: string | Uint8Array, options?: ReadOptions): string[] {
  return refusal(input, options)
    .diagnostics.filter(({severity}) => severity === 'error')
    .map(describe)
}

/** All warnings of a file that must be accepted. */
export function warnings(input: string | Uint8Array): string[] {
  return read(input).warnings.map(describe)
}
