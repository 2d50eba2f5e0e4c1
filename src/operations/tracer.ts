/** How long each part of a command took, for whoever traces it. */
import type {Engine} from '../engines/engine.ts'

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface Tracer {
  /** Runs `work` as a span: a child of the span that it is begun in, failed where `work` rejects. */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>
  /** Sends what is on its way, for a short time. Never rejects. */
  close(): Promise<void>
}

export const NO_TRACER: Tracer = {span: (_name, _attributes, work) => work(), close: async () => {}}

/** The same engine, each of whose calls is a span. */
export function tracedEngine(engine: Engine, tracer: Tracer): Engine {
  if (tracer === NO_TRACER) return engine
  return new Proxy(engine, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function' || key === 'close')
        return typeof value === 'function' ? value.bind(target) : value
      return (...args: unknown[]) =>
        tracer.span(`engine.${String(key)}`, {'decnet.engine': target.name, ...deckyOf(args[0])}, () =>
          value.apply(target, args),
        )
    },
  })
}

/** The decky that a call is about, where it is about one. */
function deckyOf(argument: unknown): SpanAttributes {
  if (typeof argument === 'string') return {'decnet.decky': argument}
  if (typeof argument !== 'object' || argument === null || !('decky' in argument)) return {}
  const {decky} = argument
  const name = typeof decky === 'object' && decky !== null && 'name' in decky ? decky.name : null
  return typeof name === 'string' ? {'decnet.decky': name} : {}
}
