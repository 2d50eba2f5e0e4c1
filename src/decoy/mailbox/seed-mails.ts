/** The operator's own mails, as they travel in an option. */
import {unpackDirectory} from '../directory-archive.ts'
import {withCrlf} from './lines.ts'
import {mailFileProblem} from './mail-files.ts'

/**
 * In the order of their names; as they are, but for the ends of their lines. Throws RangeError for what are no mails: the
 * last line of defence behind the reader of the fleet file.
 */
export function seedMails(packed: string): readonly Buffer[] {
  const files = unpackDirectory(packed)
  const wrong = mailFileProblem(files)
  if (wrong !== null) throw new RangeError(`${wrong.problem}: ${wrong.hint}`)
  return [...files.values()].map(withCrlf)
}
