/** OpenTelemetry, where its own standard variables ask for it; nothing of it is loaded otherwise. */
import {AsyncLocalStorage} from 'node:async_hooks'

import type {Context, Span} from '@opentelemetry/api'

import {NO_TRACER, type Tracer} from '../operations/tracer.ts'

const CLOSE_MS = 5_000

/** Whether the environment asks for traces: an endpoint, or the exporter by name. */
export function wantsTraces(env: NodeJS.ProcessEnv): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return false
  if (env.OTEL_TRACES_EXPORTER !== undefined && env.OTEL_TRACES_EXPORTER !== '')
    return env.OTEL_TRACES_EXPORTER === 'otlp'
  return Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT)
}

export async function makeTracer(env: NodeJS.ProcessEnv, version: string): Promise<Tracer> {
  if (!wantsTraces(env)) return NO_TRACER
  const [api, {BasicTracerProvider, BatchSpanProcessor}, {OTLPTraceExporter}, {resourceFromAttributes}] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({
      'service.name': env.OTEL_SERVICE_NAME || 'decnet',
      'service.version': version,
    }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  })
  const tracer = provider.getTracer('decnet', version)
  const current = new AsyncLocalStorage<Context>()
  return {
    async span(name, attributes, work) {
      const parent = current.getStore() ?? api.ROOT_CONTEXT
      const span = tracer.startSpan(name, {attributes}, parent)
      try {
        return await current.run(api.trace.setSpan(parent, span), work)
      } catch (error) {
        failed(span, error, api.SpanStatusCode.ERROR)
        throw error
      } finally {
        span.end()
      }
    },
    async close() {
      const timeout = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref())
      await Promise.race([timeout, provider.shutdown().catch(() => undefined)])
    },
  }
}

function failed(span: Span, error: unknown, code: 2): void {
  span.setStatus({code, message: error instanceof Error ? error.message : String(error)})
}
