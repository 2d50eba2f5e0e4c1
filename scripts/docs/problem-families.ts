import {DIAGNOSTIC_ADVICE} from '../../src/cli/troubleshooting/diagnostics.ts'

/** The problems of a fleet file by what they are about; the order is that of the table, where families stand together. */
export interface Family {
  readonly title: string
  readonly codes: readonly string[]
}

/** The first code of each family. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  'file-too-large': 'The file as text',
  'backslash-continuation': 'Its lines',
  'bad-name': 'Sections, keys and names',
  'address-unusable': 'The network',
  'amount-conflict': 'The deckies',
  'bad-image': 'Services and their options',
}

export const FAMILIES: readonly Family[] = families()

function families(): Family[] {
  const found: {title: string; codes: string[]}[] = []
  for (const name of Object.keys(DIAGNOSTIC_ADVICE)) {
    const title = BEGINNINGS[name]
    if (title !== undefined) found.push({title, codes: []})
    found.at(-1)?.codes.push(name)
  }
  return found
}
