/** Looks at the directories that custom services are built from: the image's name is what is in them. */
import {type BuildContext, readBuildContext, UnusableContext} from '../engines/docker/build-context.ts'
import type {BuildReader, BuildReading} from '../fleet/custom-section.ts'

import {baseOf, Refusal, refusable, resolveBeside} from './beside-file.ts'

/** Paths are relative to the fleet file (`-`: to the working directory) and lead nowhere outside of its directory. */
export function buildDirectories(file: string): BuildReader {
  const base = baseOf(file)
  return (path) =>
    refusable(path, (): BuildReading => {
      const directory = resolveBeside(base, path)
      return {ok: true, image: contextOf(directory, path).image, directory}
    })
}

function contextOf(directory: string, path: string): BuildContext {
  try {
    return readBuildContext(directory)
  } catch (error) {
    throw error instanceof UnusableContext ? new Refusal(`${path}: ${error.message}`, error.hint) : error
  }
}
