/** The files that somebody who is signed in can reach. */
import {FileSystem} from '../../files/file-system.ts'
import {ImageBuilder} from '../../files/image-builder.ts'
import {type Actor, FsError, type Node} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import type {Persona} from '../../persona.ts'
import type {Account} from '../../shell/accounts.ts'
import {createMachine} from '../../shell/machine.ts'
import type {Entry} from './listing.ts'
import {plantPublicLures, plantWindowsLures} from './lures.ts'

export interface Volume {
  readonly files: FileSystem
  readonly actor: Actor
  readonly home: string
  /** Nothing may be changed, whatever the permissions say. */
  readonly readOnly: boolean
  owner(uid: number): string
}

/** The volumes of one decky; they are made when they are first needed and outlive sessions. */
export class Volumes {
  readonly #persona: Persona
  readonly #users: readonly string[]
  readonly #now: () => number
  #machine: ReturnType<typeof createMachine> | null = null
  #public: FileSystem | null = null
  #windows: FileSystem | null = null
  #spool: FileSystem | null = null

  constructor(persona: Persona, users: readonly string[], now: () => number) {
    this.#persona = persona
    this.#users = users
    this.#now = now
  }

  anonymous(): Volume {
    this.#public ??= this.#build(plantPublicLures)
    return {files: this.#public, actor: {uid: 65_533, gid: 65_533}, home: '/', readOnly: true, owner: plainOwner}
  }

  /** What a printer shows: the port that jobs are put into. */
  spool(): Volume {
    this.#spool ??= this.#build((image) => image.directory('/PORT1', {mode: 0o733}))
    return {files: this.#spool, actor: {uid: 65_533, gid: 65_533}, home: '/PORT1', readOnly: false, owner: plainOwner}
  }

  of(user: string): Volume {
    if (this.#persona.facts.os.startsWith('windows')) {
      this.#windows ??= this.#build(plantWindowsLures)
      return {files: this.#windows, actor: {uid: 0, gid: 0}, home: '/', readOnly: false, owner: plainOwner}
    }
    this.#machine ??= createMachine(this.#persona, this.#users, this.#now)
    const {accounts, files} = this.#machine
    const account = accounts.find(({name}) => name === user) ?? NOBODY
    const owner = (uid: number): string => accounts.find((each) => each.uid === uid)?.name ?? String(uid)
    return {
      files,
      actor: account,
      home: files.exists(account.home, account) ? account.home : '/',
      readOnly: false,
      owner,
    }
  }

  #build(plant: (image: ImageBuilder, persona: Persona) => void): FileSystem {
    const installed = Math.floor(this.#persona.installedAt / 1000)
    const age = Math.max(1, Math.floor(Date.parse(this.#persona.facts.since) / 1000) - installed)
    const image = new ImageBuilder((path) => installed + this.#persona.integer(`ftp mtime ${path}`, 0, age))
    plant(image, this.#persona)
    return new FileSystem(image.root, this.#now)
  }
}

const NOBODY: Account = {name: 'nobody', uid: 65_534, gid: 65_534, comment: '', home: '/', shell: ''}

const plainOwner = (uid: number): string => (uid === 0 ? 'root' : 'ftp')

/** What LIST shows of a path. Throws FsError. @param all with names that begin with a dot. */
export function entriesOf(volume: Volume, path: string, all: boolean): Entry[] {
  const node = volume.files.node(path, volume.actor)
  if (node.kind !== 'directory') return [entry(volume, path.slice(path.lastIndexOf('/') + 1), node)]
  const listed = volume.files.list(path, volume.actor).filter(([name]) => all || !name.startsWith('.'))
  const entries = listed.map(([name, child]) => entry(volume, name, child))
  if (!all) return entries
  const parent = volume.files.node(absolutePath(path, '..'), volume.actor)
  return [entry(volume, '.', node), entry(volume, '..', parent), ...entries]
}

export function entry(volume: Volume, name: string, node: Node): Entry {
  return {name, node, owner: volume.owner(node.uid), group: volume.owner(node.gid)}
}

/** The cause of a failure; whatever is not one of the file system's is thrown on. */
export function causeOf(error: unknown): FsError['code'] {
  if (error instanceof FsError) return error.code
  throw error
}
