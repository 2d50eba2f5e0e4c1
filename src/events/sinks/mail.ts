import type {OutboxItem, Sink, SinkSettings, SinkType} from './sink.ts'

const ADDRESS = /^[^\s<>,;@]{1,64}@[A-Za-z0-9.-]{1,253}$/

export const MAIL_SINK: SinkType = {
  name: 'mail',
  summary: 'A mail for what is new, by SMTP.',
  format: 'json',
  events: 'none',
  alerts: 'yes',
  settings: {
    url: {
      summary: 'mail server, smtp://USER:PASSWORD@HOST:PORT or smtps://…',
      required: true,
      secret: true,
      pattern: /^smtps?:\/\/\S{1,500}$/,
      expected: 'a URL, smtp://… or smtps://…',
    },
    from: {summary: 'sender', required: true, pattern: ADDRESS, expected: 'an address'},
    to: {
      summary: 'receivers, separated by commas',
      required: true,
      pattern: /^[^\s<>,;@]{1,64}@[A-Za-z0-9.-]{1,253}(,[^\s<>,;@]{1,64}@[A-Za-z0-9.-]{1,253}){0,49}$/,
      expected: 'addresses separated by commas',
    },
  },
  create: (settings) => new MailSink(settings),
}

/** Milliseconds. */
const TIMEOUTS = {connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000}

class MailSink implements Sink {
  readonly #settings: SinkSettings

  constructor(settings: SinkSettings) {
    this.#settings = settings
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    const {createTransport} = await import('nodemailer')
    const {url = '', from = '', to = ''} = this.#settings
    const transport = createTransport({url, ...TIMEOUTS})
    const abort = () => transport.close()
    signal.addEventListener('abort', abort, {once: true})
    try {
      await transport.sendMail({
        from,
        to: to.split(','),
        subject: subjectOf(items),
        // The same mail sent again has the same id; mail programs show it once.
        messageId: `<${items[0]?.key ?? 'none'}.${items.length}@decnet>`,
        text: items.map(textOf).join('\n\n'),
      })
    } finally {
      signal.removeEventListener('abort', abort)
      transport.close()
    }
  }

  async close(): Promise<void> {}
}

function subjectOf(items: readonly OutboxItem[]): string {
  const alerts = items.flatMap((item) => (item.kind === 'alert' ? [item.alert] : []))
  const [first] = alerts
  if (first === undefined) return `decnet: ${items.length} events`
  const more = alerts.length - 1
  return `decnet: ${first.summary}${more > 0 ? ` and ${more} more` : ''}`
}

function textOf(item: OutboxItem): string {
  if (item.kind === 'event') return item.line
  const {alert} = item
  return [
    alert.summary,
    `Incident ${alert.incident}, ${alert.reason}, ${alert.class}, severity ${alert.severity}, ${alert.ts}`,
    `Deckies: ${alert.deckies.join(', ')}`,
    `Services: ${alert.services.join(', ')}`,
    `See: decnet incidents ${alert.incident}`,
    `Id: ${item.key}`,
  ].join('\n')
}
