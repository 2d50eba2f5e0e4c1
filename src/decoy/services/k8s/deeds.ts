/** What somebody makes the cluster do, for the evidence. */
import type {ServiceEvent} from '../../../events/event.ts'
import {printable, sample} from '../../sample.ts'
import {object, text} from './cluster.ts'
import type {Json} from './objects.ts'
import type {Call} from './resource-calls.ts'
import type {ResourceTarget} from './target.ts'

export const shown = (text: string): string => printable(Buffer.from(text, 'utf8').subarray(0, 256))

const LIST_LIMIT = 16

/** Images, commands, and what leads out of a container. */
export function deed(
  call: Call,
  target: ResourceTarget,
  sent: Json,
  more: Readonly<Record<string, unknown>> = {},
): ServiceEvent {
  const {limits} = call.connection
  const spec = podSpec(sent)
  const containers = [...asList(spec.containers), ...asList(spec.initContainers)].slice(0, LIST_LIMIT)
  const strings = (value: unknown): readonly unknown[] =>
    (Array.isArray(value) ? value : [])
      .filter((item) => typeof item === 'string')
      .slice(0, LIST_LIMIT)
      .map((item) => sample(item, limits.sample))
  const paths = asList(spec.volumes)
    .map((volume) => text(object(volume.hostPath).path))
    .filter((path) => path !== '')
  const privileged = containers.some(({securityContext}) => object(securityContext).privileged === true)
  const shared = spec.hostPID === true || spec.hostNetwork === true || spec.hostIPC === true
  const {verb, resource, subresource, namespace, name} = target
  return {
    event: 'command',
    data: {
      action: `${subresource === '' ? resource : `${resource}/${subresource}`}.${verb}`.slice(0, 128),
      namespace: shown(namespace),
      name: shown(name || text(object(sent.metadata).name)),
      user: shown(call.user),
      ...(containers.length === 0
        ? {}
        : {
            containers: containers.map(({image, command, args}) => ({
              image: shown(text(image)),
              command: [...strings(command), ...strings(args)],
            })),
            hostPaths: paths.slice(0, LIST_LIMIT).map(shown),
            dangerous: privileged || shared || paths.length > 0,
          }),
      ...Object.fromEntries(
        Object.entries(more).map(([key, value]) => [key, typeof value === 'string' ? shown(value) : strings(value)]),
      ),
    },
  }
}

const asList = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : [])

/** Of a pod, or of the template of whatever makes pods. */
function podSpec(sent: Json): Json {
  const spec = object(sent.spec)
  const template = object(object(object(spec.jobTemplate).spec).template).spec ?? object(spec.template).spec
  return template === undefined ? spec : object(template)
}
