import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, beforeEach, expect, it} from 'vitest'

import {makeTracer, wantsTraces} from '../../src/cli/tracing.ts'
import {NO_TRACER, tracedEngine} from '../../src/operations/tracer.ts'
import {FakeFleetEngine} from '../support/fake-fleet-engine.ts'

it.each([
  [{}, false],
  [{OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x'}, true],
  [{OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://x'}, true],
  [{OTEL_TRACES_EXPORTER: 'otlp'}, true],
  [{OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x'}, false],
  [{OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x'}, false],
])('%j asks for traces: %s', (env, expected) => {
  expect(wantsTraces(env)).toBe(expected)
})

it('traces nothing where nobody asks, and hands the engine on as it is', async () => {
  expect(await makeTracer({}, '1')).toBe(NO_TRACER)
  const engine = new FakeFleetEngine()
  expect(tracedEngine(engine, NO_TRACER)).toBe(engine)
})

interface Exported {
  readonly name: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly status: {readonly code?: number; readonly message?: string}
  readonly attributes: readonly {key: string; value: object}[]
}

const before = process.env.OTEL_EXPORTER_OTLP_ENDPOINT
const spans: Exported[] = []
const receiver = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const {resourceSpans} = JSON.parse(Buffer.concat(parts).toString())
    for (const {scopeSpans} of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans)
    response.end('{}')
  })
})

beforeEach(async () => {
  spans.length = 0
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  // The exporter reads its own variables.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
})
afterEach(() => {
  receiver.close()
  if (before === undefined) delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT
  else process.env.OTEL_EXPORTER_OTLP_ENDPOINT = before
})

it('sends spans, those of the engine under the one they are begun in', async () => {
  const tracer = await makeTracer(process.env, '1.2.3')
  const fake = new FakeFleetEngine()
  const engine = tracedEngine(fake, tracer)
  await tracer.span('deploy', {a: 1}, async () => {
    await engine.observe(new AbortController().signal)
  })
  fake.unreachable = new Error('gone')
  await expect(engine.observe(new AbortController().signal)).rejects.toThrow('gone')
  await tracer.close()
  const [observed, deploy, failed] = ['engine.observe', 'deploy', 'engine.observe'].map((name, index) =>
    spans.filter((span) => span.name === name).at(index === 2 ? 1 : 0),
  )
  expect(observed?.parentSpanId).toBe(deploy?.spanId)
  expect(deploy?.attributes).toEqual([{key: 'a', value: {intValue: 1}}])
  expect(failed).toMatchObject({status: {code: 2, message: 'gone'}})
  expect(failed?.parentSpanId || undefined).toBeUndefined()
})
