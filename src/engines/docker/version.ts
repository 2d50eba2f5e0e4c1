import {DockerApi} from './api.ts'
import {CallFailure} from './call-failure.ts'
import {connect} from './client.ts'
import {endpointText, parseEndpoint} from './endpoint.ts'
import {translate} from './errors.ts'
import {DEFAULT_TIMING} from './timing.ts'

export interface DockerVersion {
  readonly version: string
  readonly apiVersion: string
}

/** Asks an Engine of any age which one it is, once. Rejects with the translated error where it cannot be asked in time. */
export async function dockerVersion(
  host: string | undefined,
  certPath: string | undefined,
  deadlineMs: number,
): Promise<DockerVersion> {
  const endpoint = await parseEndpoint(host, certPath)
  const api = new DockerApi(await connect(endpoint), {...DEFAULT_TIMING, ping: deadlineMs})
  try {
    const {Version, ApiVersion} = await api.engineVersion()
    return {version: Version, apiVersion: ApiVersion}
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error
    throw translate(error, {endpoint: endpointText(endpoint)})
  } finally {
    api.close()
  }
}
