/** All folders of somebody's mail, as one session sees them. */
import {Folder, type StoredFolder} from './folder.ts'

/** Dovecot's for a Maildir. */
export const SEPARATOR = '.'
/** More are refused. */
const MAX_FOLDERS = 30

export class Folders {
  /** INBOX is the last, as Dovecot lists it. */
  readonly #all: Folder[]

  constructor(stored: readonly StoredFolder[]) {
    this.#all = stored.map((folder) => new Folder(folder))
  }

  get all(): readonly Folder[] {
    return this.#all
  }

  get full(): boolean {
    return this.#all.length >= MAX_FOLDERS
  }

  /** INBOX is found in any case (RFC 3501 section 5.1). */
  find(name: string): Folder | undefined {
    const wanted = name.toUpperCase() === 'INBOX' ? 'INBOX' : name
    return this.#all.find((folder) => folder.name === wanted)
  }

  hasChildren(name: string): boolean {
    return this.#all.some((folder) => folder.name.startsWith(`${name}${SEPARATOR}`))
  }

  /** Names as they are listed: folders, and the levels above them that are none, before their children. */
  names(): readonly string[] {
    const seen = new Set<string>()
    for (const {name} of this.#all) {
      const levels = name.split(SEPARATOR)
      for (let depth = 1; depth <= levels.length; depth++) seen.add(levels.slice(0, depth).join(SEPARATOR))
    }
    return [...seen]
  }

  create(name: string, uidValidity: number): void {
    this.#all.unshift(
      new Folder({
        name,
        use: null,
        subscription: null,
        uidValidity,
        uidNext: 1,
        modseq: 1,
        tracked: false,
        letters: [],
      }),
    )
  }

  /** One that has others below it stays, and is empty. */
  delete(folder: Folder): void {
    if (this.hasChildren(folder.name)) folder.messages = []
    else this.#all.splice(this.#all.indexOf(folder), 1)
  }

  /** Moves a folder and all that is below it; they are listed first then. */
  rename(from: string, to: string): void {
    const moved = this.#all.filter(({name}) => name === from || name.startsWith(`${from}${SEPARATOR}`))
    for (const folder of moved) {
      this.#all.splice(this.#all.indexOf(folder), 1)
      folder.name = `${to}${folder.name.slice(from.length)}`
    }
    this.#all.unshift(...moved)
  }

  /** Subscribed folders in the order in which they were subscribed to. */
  get subscribed(): readonly Folder[] {
    return this.#all
      .filter(({subscription}) => subscription !== null)
      .sort((one, other) => (one.subscription ?? 0) - (other.subscription ?? 0))
  }

  subscribe(folder: Folder): void {
    folder.subscription ??= (this.subscribed.at(-1)?.subscription ?? 0) + 1
  }
}
