/** Values as Active Directory writes them (MS-ADTS §3.1.1.2.2.2). */
import {fileTime} from '../../../../persona/windows.ts'

/** String(Generalized-Time). */
export function generalizedTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-:T]/g, '')}.0Z`
}

/** LargeInteger: a FILETIME in decimal. */
export const largeInteger = (ms: number): string => String(fileTime(ms))

export const NEVER = '9223372036854775807'
