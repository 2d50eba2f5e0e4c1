import type {OutboxItem, Sink, SinkType} from './sink.ts'

export const STDOUT_SINK: SinkType = {
  name: 'stdout',
  summary: 'Lines on the standard output of `decnet collect`, for whatever runs it.',
  format: 'json',
  events: 'scan',
  alerts: 'yes',
  settings: {},
  create: () => new StdoutSink(),
}

class StdoutSink implements Sink {
  async deliver(items: readonly OutboxItem[]): Promise<void> {
    const text = items.map(({line}) => `${line}\n`).join('')
    await new Promise<void>((resolve, reject) =>
      process.stdout.write(text, (error) => (error == null ? resolve() : reject(error))),
    )
  }

  async close(): Promise<void> {}
}
