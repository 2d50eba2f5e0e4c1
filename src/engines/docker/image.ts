import {EngineError} from '../engine.ts'
import type {DockerApi} from './api.ts'
import {CallFailure} from './call-failure.ts'
import {type DecoyBundle, imageChanges, imageReference, readBundle, withImageEntries} from './image-recipe.ts'
import {readProgress} from './json-stream.ts'
import {LABEL, labelFilter} from './labels.ts'
import {persist} from './retry.ts'
import {tarStream} from './tar.ts'
import type {Timing} from './timing.ts'

/** Node's architecture names, as the Engine writes them. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm',
  s390x: 's390x',
  ppc64: 'ppc64le',
}

/** The image that deckies run: ours, made from this very Node, or one the operator named. */
export class DecoyImage {
  readonly reference: string
  /** null: the operator's own image, which we neither make nor remove. */
  readonly #bundle: DecoyBundle | null

  private constructor(reference: string, bundle: DecoyBundle | null) {
    this.reference = reference
    this.#bundle = bundle
  }

  static async of(bundleDirectory: string, override: string | undefined): Promise<DecoyImage> {
    if (override !== undefined) return new DecoyImage(override, null)
    const bundle = await readBundle(bundleDirectory)
    return new DecoyImage(imageReference(bundle), bundle)
  }

  async present(api: DockerApi, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      await api.inspectImage(this.reference, signal)
      return true
    } catch (error) {
      if (error instanceof CallFailure && error.status === 404) return false
      throw error
    }
  }

  /** Makes the image unless it is there. Two that run at once make it twice; one copy keeps the name. */
  async ensure(api: DockerApi, timing: Timing, signal: AbortSignal, onStep: (step: string) => void): Promise<void> {
    const present = () => persist(timing, {what: 'look for the image', signal, run: () => this.present(api, signal)})
    if (await present()) return
    const bundle = this.#bundle
    if (bundle === null) {
      throw new CallFailure('inspect image', 'refused', {status: 404, text: `No such image: ${this.reference}`})
    }
    await this.#checkPlatform(api, signal)
    onStep('building the image')
    await persist(timing, {
      what: 'import the image',
      signal,
      run: () => this.#import(api, bundle, signal),
      look: async (hurry) => (await this.present(api, hurry)) || null,
    })
    await this.#removeCopies(api, signal)
  }

  /** Removes our image; one that something still uses stays. */
  async remove(api: DockerApi, signal: AbortSignal, onStep: (step: string) => void): Promise<void> {
    if (this.#bundle === null) return
    try {
      await api.removeImage(this.reference, signal)
    } catch (error) {
      if (!(error instanceof CallFailure) || (error.status !== 404 && error.status !== 409)) throw error
      if (error.status === 409) onStep('the image stays: another container uses it')
    }
  }

  async #checkPlatform(api: DockerApi, signal: AbortSignal): Promise<void> {
    const engine = await api.engineVersion(signal)
    const own = ARCHITECTURES[process.arch] ?? process.arch
    if (engine.Os === 'linux' && engine.Arch === own) return
    throw new EngineError('refused', `the engine runs ${engine.Os}/${engine.Arch}, and this Node is for linux/${own}`, {
      hint: 'run decnet on the same platform, or name an image: "decnet config set image REFERENCE"',
    })
  }

  async #import(api: DockerApi, bundle: DecoyBundle, signal: AbortSignal): Promise<boolean> {
    const [repo = '', tag = ''] = this.reference.split(':')
    return withImageEntries(bundle, async (entries) => {
      const tar = tarStream(entries)
      try {
        const answer = await api.importImage(
          tar,
          {repo, tag, changes: imageChanges(this.reference, LABEL.runtime)},
          signal,
        )
        await readProgress('import image', answer)
        return true
      } finally {
        tar.destroy()
      }
    })
  }

  /** What an import that lost the race, or was cut off after its layer was stored, left behind without a name. */
  async #removeCopies(api: DockerApi, signal: AbortSignal): Promise<void> {
    const filters = JSON.stringify({...JSON.parse(labelFilter({[LABEL.runtime]: this.reference})), dangling: ['true']})
    for (const copy of await api.listImages(filters, signal)) {
      await api.removeImage(copy.Id, signal).catch((error: unknown) => {
        // A container of the race's loser may use it.
        if (!(error instanceof CallFailure && error.outcome === 'refused')) throw error
      })
    }
  }
}
