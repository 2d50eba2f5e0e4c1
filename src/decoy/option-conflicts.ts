import type {OptionConflict} from './definition.ts'

/** Throws RangeError for the first conflict: the last line of defence behind the reader of the fleet file. */
export function refuse([first]: readonly OptionConflict[]): void {
  if (first !== undefined) throw new RangeError(`${first.problem}: ${first.hint}`)
}
