/** An error as one bounded, printable line: it may quote what an attacker sent. */
import {printable} from './sample.ts'

const MAX_MESSAGE = 512

export function boundedMessage(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return printable(Buffer.from(text.slice(0, MAX_MESSAGE), 'utf8')).slice(0, MAX_MESSAGE)
}
