/** What lies in a lure share: folders and files of a theme, the same for the life of the decky. */
import type {Persona} from '../../../persona.ts'
import {contentOf} from './content.ts'
import type {DirectoryNode, FileNode, Node, Times} from './nodes.ts'
import {THEMES, type Theme} from './themes.ts'

const DAY_MS = 86_400_000
const WORK_BEGINS_MS = 7 * 3_600_000
const WORK_MS = 10 * 3_600_000
/** Of other files than these nobody can say what they are. */
const FIRST_NUMBER = 0x1_0000_0000_0023n

export interface Lure {
  readonly name: string
  readonly comment: string
}

/** The shares of a machine whose operator names none: workstations share little. */
export function themesOf(persona: Persona): readonly Lure[] {
  const {archetype, os} = persona.facts
  if (archetype === 'domain-controller' || os === 'windows') return []
  const wanted = persona.integer('smb shares', 2, 4)
  const ranked = THEMES.map((theme, index) => ({theme, rank: persona.integer(`smb share ${index}`, 0, 1_000_000)}))
  const chosen = ranked.sort((a, b) => a.rank - b.rank).slice(0, wanted)
  return chosen.map(({theme: {name, comment}}) => ({name, comment})).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A share of any name holds the theme that the name reminds of, or one that its name leads to. */
export function baitDirectory(persona: Persona, share: string): DirectoryNode {
  const theme = THEMES.find(({words}) => words.test(share)) ?? persona.pick(`smb theme ${share}`, THEMES)
  return new Builder(persona, share).directory(theme)
}

class Builder {
  readonly #persona: Persona
  readonly #share: string
  #number = 0n

  constructor(persona: Persona, share: string) {
    this.#persona = persona
    this.#share = share
  }

  directory(theme: Theme): DirectoryNode {
    const files = theme.files.map((path) => path.split('/'))
    return this.#folder('', files)
  }

  #folder(name: string, files: readonly (readonly string[])[], above = ''): DirectoryNode {
    const path = `${above}/${name}`
    const folders = [...new Set(files.flatMap(([first = '', ...rest]) => (rest.length > 0 ? [first] : [])))]
    const children: Node[] = folders.map((folder) => {
      const inside = files.filter(([first, ...rest]) => first === folder && rest.length > 0)
      return this.#folder(
        folder,
        inside.map(([, ...rest]) => rest),
        path,
      )
    })
    for (const [file = '', ...rest] of files) if (rest.length === 0) children.push(this.#file(file, path))
    children.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
    const latest = Math.max(this.#persona.installedAt, ...children.map(({times}) => times.modified))
    return {kind: 'directory', name, id: this.#next(), times: {...this.#times(path), modified: latest}, children}
  }

  #file(template: string, path: string): FileNode {
    const persona = this.#persona
    const times = this.#times(`${path}/${template}`)
    const modified = new Date(times.modified)
    const name = template
      .replace('{year}', String(modified.getUTCFullYear()))
      .replace('{month}', String(modified.getUTCMonth() + 1).padStart(2, '0'))
    const purpose = `smb file ${this.#share}${path}/${name}`
    // Sizes are told for every file in a listing, contents are asked for one by one: neither is kept.
    let size = -1
    return {
      kind: 'file',
      name,
      id: this.#next(),
      times,
      get size() {
        if (size < 0) size = contentOf(persona, purpose, name, times.modified).length
        return size
      },
      read: () => contentOf(persona, purpose, name, times.modified),
    }
  }

  /** Files were made in working hours, between the installation and the day when the decky was first deployed. */
  #times(path: string): Times {
    const persona = this.#persona
    const drawn = persona.bytes(`smb times ${this.#share} ${path}`, 24)
    const end = Date.parse(persona.facts.since)
    const days = Math.max(1, Math.floor((end - persona.installedAt) / DAY_MS) - 1)
    const at = (place: number): number => {
      const day = 1 + (drawn.readUInt32LE(place) % days)
      const time = WORK_BEGINS_MS + (drawn.readUInt32LE(place + 4) % WORK_MS)
      return Math.floor(persona.installedAt / DAY_MS) * DAY_MS + day * DAY_MS + time
    }
    const created = at(0)
    const modified = Math.max(created, at(8))
    return {created, modified, accessed: Math.max(modified, at(16))}
  }

  #next(): bigint {
    this.#number++
    return FIRST_NUMBER + this.#number * 0x1_0000_0000_0003n
  }
}
