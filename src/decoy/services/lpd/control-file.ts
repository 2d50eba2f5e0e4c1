/** The control file of a job: lines, each a letter and its operand (RFC 1179 §7). */
export interface ControlFile {
  readonly host: string
  readonly user: string
  readonly name: string
}

const MAX_LINES = 100

export function readControlFile(bytes: Buffer): ControlFile {
  const lines = bytes.toString('latin1').split('\n', MAX_LINES)
  const operand = (letter: string): string => lines.find((line) => line.startsWith(letter))?.slice(1, 256) ?? ''
  return {host: operand('H'), user: operand('P'), name: operand('J') || operand('N')}
}
