/** Incidents in a channel: one message for each alert, as Slack's and Teams' incoming webhooks take it. */
import {accepted, post} from './http-post.ts'
import {HTTP_URL} from './patterns.ts'
import {YES_NO} from './settings.ts'
import type {OutboxItem, Sink, SinkType} from './sink.ts'

const SETTINGS = {
  url: {summary: 'URL of the incoming webhook', required: true, secret: true, ...HTTP_URL},
  'allow-private': {summary: 'whether the receiver may have a private address', fallback: 'no', ...YES_NO},
} as const

export const SLACK_SINK: SinkType = {
  name: 'slack',
  summary: 'Messages in a Slack channel.',
  format: 'json',
  events: 'none',
  alerts: 'yes',
  settings: SETTINGS,
  create: ({url = '', 'allow-private': allowPrivate}) =>
    new ChatSink(url, allowPrivate === 'yes', (text) => ({text: slackText(text)})),
}

export const TEAMS_SINK: SinkType = {
  name: 'teams',
  summary: 'Messages in a Microsoft Teams channel.',
  format: 'json',
  events: 'none',
  alerts: 'yes',
  settings: SETTINGS,
  create: ({url = '', 'allow-private': allowPrivate}) => new ChatSink(url, allowPrivate === 'yes', teamsCard),
}

class ChatSink implements Sink {
  readonly #url: string
  readonly #allowPrivate: boolean
  readonly #message: (text: string) => object

  constructor(url: string, allowPrivate: boolean, message: (text: string) => object) {
    this.#url = url
    this.#allowPrivate = allowPrivate
    this.#message = message
  }

  async deliver(items: readonly OutboxItem[], signal: AbortSignal): Promise<void> {
    for (const item of items) {
      const body = JSON.stringify(this.#message(messageOf(item)))
      const headers = {'Content-Type': 'application/json', 'User-Agent': 'decnet'}
      accepted(await post({url: this.#url, headers, body, allowPrivate: this.#allowPrivate}, signal))
    }
  }

  async close(): Promise<void> {}
}

function messageOf(item: OutboxItem): string {
  if (item.kind === 'event') {
    const {event} = item.record
    return `${event.decky} ${event.service}: ${event.event} from ${event.src?.ip ?? 'nobody'} (${event.id})`
  }
  const {alert} = item
  return `[${alert.severity}] incident ${alert.incident} ${alert.reason}, ${alert.class}: ${alert.summary}`
}

/** What Slack reads as markup: mentions and links are made of these. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** An adaptive card with one block of text, which is shown as it is. */
function teamsCard(text: string): object {
  const content = {
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{type: 'RichTextBlock', inlines: [{type: 'TextRun', text}]}],
  }
  return {type: 'message', attachments: [{contentType: 'application/vnd.microsoft.card.adaptive', content}]}
}
