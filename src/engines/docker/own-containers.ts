import type {ContainerSummary} from './api-types.ts'
import type {DockerContext} from './context.ts'
import {isOwn, LABEL, labelFilter} from './labels.ts'
import {persist} from './retry.ts'

/** A container of this install, as a list tells it. */
export interface OwnContainer {
  readonly id: string
  readonly name: string
  readonly decky: string
  /** null: the decky's own container. */
  readonly customService: string | null
  readonly image: string
  readonly configHash: string
  readonly generation: number
  readonly state: string
  readonly created: number
}

/** All containers with our label, or those of one decky; oldest first. */
export async function listOwn(
  context: DockerContext,
  signal: AbortSignal | undefined,
  decky?: string,
): Promise<OwnContainer[]> {
  // Filtered by the engine: a list of the whole fleet for each of its deckies is quadratic work.
  const filter = labelFilter({[LABEL.fleet]: context.install.id, ...(decky !== undefined && {[LABEL.decky]: decky})})
  const listed = await persist(context.timing, {
    what: 'list containers',
    signal,
    run: () => context.api.listContainers(filter, signal),
  })
  return listed
    .filter(({Labels}) => isOwn(Labels, context.install.id))
    .map(toOwn)
    .filter((container) => decky === undefined || container.decky === decky)
    .toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
}

function toOwn(summary: ContainerSummary): OwnContainer {
  const labels = summary.Labels ?? {}
  return {
    id: summary.Id,
    name: summary.Names?.[0]?.replace(/^\//, '') ?? summary.Id,
    decky: labels[LABEL.decky] ?? '',
    customService: labels[LABEL.service] ?? null,
    image: summary.Image,
    configHash: labels[LABEL.configHash] ?? '',
    generation: Number(labels[LABEL.generation] ?? 0) || 0,
    state: summary.State,
    created: summary.Created,
  }
}
