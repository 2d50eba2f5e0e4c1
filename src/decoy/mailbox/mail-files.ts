/** What passes as a mail (RFC 5322) in a file of its own. */

export interface MailFileProblem {
  readonly problem: string
  /** What would be right. */
  readonly hint: string
}

/** RFC 5322 section 2.2: printable ASCII but the colon, which ends it. */
const FIELD_NAME = /^[!-9;-~]+[ \t]*:/
/** Longer names of fields nobody writes. */
const MAX_NAME = 200
const NEEDED = 'each file is one mail, named *.eml, that begins with its header, as mail programs save it'

/** Why these files, by their paths below the directory, are no mails; null: they are. */
export function mailFileProblem(files: ReadonlyMap<string, Buffer>): MailFileProblem | null {
  for (const [path, content] of files) {
    const problem = problemOf(path.slice(1), content)
    if (problem !== null) return problem
  }
  return null
}

function problemOf(name: string, content: Buffer): MailFileProblem | null {
  if (name.includes('/')) {
    return {problem: `${name} is in a directory below`, hint: 'put every mail into the directory itself'}
  }
  if (!/\.eml$/i.test(name)) return {problem: `${name} is no mail: its name does not end in .eml`, hint: NEEDED}
  if (content.includes(0)) return {problem: `${name} is no mail: it contains NUL`, hint: NEEDED}
  const isMail = FIELD_NAME.test(content.toString('latin1', 0, MAX_NAME))
  return isMail ? null : {problem: `${name} is no mail: it begins with no header field`, hint: NEEDED}
}
