import type {DeckyRequest} from '../engine.ts'

/** The labels that say who owns a resource and what it is. Identity is labels, never names. */
export const LABEL = {
  fleet: 'decnet.fleet',
  decky: 'decnet.decky',
  generation: 'decnet.generation',
  configHash: 'decnet.config-hash',
  /** Only on a custom service's container: its service name. */
  service: 'decnet.service',
  /** Only on the image: its own reference, so that a dangling copy of it is still known. */
  runtime: 'decnet.runtime',
  /** Only on an image that we built for a custom service: its own reference. */
  build: 'decnet.build',
} as const

export type Labels = Readonly<Record<string, string>>

/** The labels of a decky's container, or of one of its custom services'. */
export function containerLabels(fleet: string, request: DeckyRequest, customService: string | null): Labels {
  return {
    [LABEL.fleet]: fleet,
    [LABEL.decky]: request.decky.name,
    [LABEL.generation]: String(request.generation),
    [LABEL.configHash]: request.configHash,
    ...(customService === null ? {} : {[LABEL.service]: customService}),
  }
}

/** Whether these labels say that the resource is this install's. */
export function isOwn(labels: Labels | null | undefined, fleet: string): boolean {
  return labels?.[LABEL.fleet] === fleet
}

/** The filter of list calls that keeps what carries all these labels. */
export function labelFilter(labels: Labels): string {
  return JSON.stringify({label: Object.entries(labels).map(([label, value]) => `${label}=${value}`)})
}
