import {DecnetError} from '../../fleet/errors.ts'
import {quote, visible} from '../../fleet/quote.ts'

/** A place in a scan report: 1-based line and column. */
export interface ScanPlace {
  readonly line: number
  readonly column: number
}

/** A scan report that cannot be used, said like a problem of a fleet file: with its place. */
export function scanError(file: string, why: string, place?: ScanPlace): DecnetError {
  const where = place === undefined ? '' : `:${place.line}:${place.column}`
  return new DecnetError('FLEET_FILE_INVALID', `${visible(file)}${where}: ${why}`, {
    hint: `--from-scan wants what nmap writes with -oX, e.g. ${quote('nmap -sV -O -oX scan.xml 192.168.1.0/24')}`,
  })
}
