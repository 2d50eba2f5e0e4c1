/** The images of custom services: the operator's to provide, or built from a directory of theirs. */
import type {CustomService} from '../../fleet/spec.ts'
import {type CallOptions, EngineError} from '../engine.ts'
import {BUILT_REPOSITORY, type BuildContext, readBuildContext, UnusableContext} from './build-context.ts'
import {CallFailure, safeText} from './call-failure.ts'
import type {DockerContext} from './context.ts'
import type {Job} from './ensure.ts'
import {translate} from './errors.ts'
import {readProgress} from './json-stream.ts'
import {LABEL} from './labels.ts'
import type {OwnContainer} from './own-containers.ts'
import {persist} from './retry.ts'
import {tarStream} from './tar.ts'

const SHOWN_LINES = 10
const SHOWN_WIDTH = 300

/** Makes what can be made, and refuses a decky whose images are not there before anything of it is touched. */
export async function requireCustomImages({context, request, options}: Job): Promise<void> {
  for (const service of request.decky.customServices) {
    try {
      if (!(await isPresent(context, service.image, options.signal))) await buildOnce(context, service, options)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      throw translate(error, {endpoint: context.endpoint, image: service.image})
    }
  }
}

async function isPresent(context: DockerContext, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await persist(context.timing, {
      what: 'look for an image',
      signal,
      run: () => context.api.inspectImage(image, signal),
    })
    return true
  } catch (error) {
    if (error instanceof CallFailure && error.status === 404) return false
    throw error
  }
}

/** Builds under way, by image: the deckies of one section are made side by side and have one image. */
const underWay = new WeakMap<DockerContext, Map<string, Promise<void>>>()

async function buildOnce(context: DockerContext, service: CustomService, options: CallOptions): Promise<void> {
  const builds = underWay.get(context) ?? new Map<string, Promise<void>>()
  underWay.set(context, builds)
  const build = builds.get(service.image) ?? buildImage(context, service, options)
  builds.set(service.image, build)
  options.onStep?.(`building ${service.name}`)
  try {
    await build
  } finally {
    builds.delete(service.image)
  }
}

async function buildImage(context: DockerContext, service: CustomService, options: CallOptions): Promise<void> {
  const {image} = service
  if (service.build === undefined) {
    throw new CallFailure('inspect image', 'refused', {status: 404, text: `No such image: ${image}`})
  }
  const {entries} = contextOf(service, service.build.directory)
  const printed: string[] = []
  const labels = JSON.stringify({[LABEL.build]: image})
  const tar = tarStream(entries)
  try {
    const answer = await context.api.buildImage(tar, {t: image, labels}, options.signal)
    await readProgress('build image', answer, (text) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      printed.push(...lines.map((line) => safeText(line).slice(0, SHOWN_WIDTH)))
      printed.splice(0, printed.length - SHOWN_LINES)
      const step = printed.findLast((line) => line.startsWith('Step '))
      if (step !== undefined) options.onStep?.(`building ${service.name}: ${step}`)
    })
  } catch (error) {
    if (!(error instanceof CallFailure) || error.outcome !== 'refused') throw error
    throw failed(service, error.text, printed, error)
  } finally {
    tar.destroy()
  }
}

function contextOf(service: CustomService, directory: string): BuildContext {
  const context = readContext(service, directory)
  if (context.image === service.image) return context
  throw new EngineError('refused', `${service.name} cannot be built: ${directory} is not what it was`, {
    hint: 'deploy the fleet file again, so that the change is known',
  })
}

function readContext(service: CustomService, directory: string): BuildContext {
  try {
    return readBuildContext(directory)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new EngineError('refused', `${service.name} cannot be built from ${directory}: ${safeText(message)}`, {
      hint: error instanceof UnusableContext ? error.hint : 'put the directory back, or load the image on the engine',
      cause: error,
    })
  }
}

function failed({name}: CustomService, text: string, printed: readonly string[], cause: unknown): EngineError {
  const tail = printed.length === 0 ? '' : `\nlast lines of the build:\n${printed.join('\n')}`
  return new EngineError('refused', `${name} cannot be built: ${text}${tail}`, {
    hint: 'try "docker build" in its directory',
    cause,
  })
}

/** Removes the images that were built for these containers; one that another container uses stays. */
export async function removeBuilt(
  {api}: DockerContext,
  retired: readonly OwnContainer[],
  wanted: readonly CustomService[],
): Promise<void> {
  const kept = new Set(wanted.map(({image}) => image))
  const images = new Set(retired.filter(({customService}) => customService !== null).map(({image}) => image))
  for (const image of images) {
    if (kept.has(image) || !image.startsWith(`${BUILT_REPOSITORY}:`)) continue
    try {
      const {Config} = await api.inspectImage(image)
      if (Config?.Labels?.[LABEL.build] === image) await api.removeImage(image)
    } catch (error) {
      // In use, gone, or an engine that does not answer: no decky is worse for an image too many.
      if (!(error instanceof CallFailure)) throw error
    }
  }
}
