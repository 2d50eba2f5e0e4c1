/** Disk space put aside so that the outcome of an engine call can still be written when the disk is full. */
import {randomBytes} from 'node:crypto'
import {rmSync} from 'node:fs'

import {createPrivateFile, statusOf} from './files.ts'

const SIZE = 1024 * 1024

export class DiskReserve {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Throws ENOSPC where there is no room: better refused before the first engine call than stuck after it. */
  fill(): void {
    if (statusOf(this.#path)?.size === SIZE) return
    rmSync(this.#path, {force: true})
    try {
      // Random bytes: a file of zeros takes no space on a file system that compresses.
      createPrivateFile(this.#path, randomBytes(SIZE))
    } catch (error) {
      rmSync(this.#path, {force: true})
      throw error
    }
  }

  /** Gives the space back, if there is any left to give. */
  release(): void {
    rmSync(this.#path, {force: true})
  }
}
