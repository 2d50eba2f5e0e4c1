/** The HTTP API behind the management pages. */
import {createHash} from 'node:crypto'
import {basicLogin} from '../../http/login/credentials.ts'
import type {AppResponse} from '../../http/products/product.ts'
import {type Answer, type Asked, answer, empty} from '../../http/products/skins/pages.ts'
import type {HeaderList} from '../../http/response.ts'
import type {Message, Queue} from '../broker/broker.ts'
import {VHOST} from '../broker/broker.ts'
import {shownName} from '../channel/channel.ts'
import type {RabbitHost} from '../host.ts'
import {nodeOf, RELEASE} from '../release.ts'

export const POLICY: HeaderList = [
  ['Content-Security-Policy', "script-src 'self' 'unsafe-eval' 'unsafe-inline'; object-src 'self'"],
  ['Vary', 'origin'],
]
const JSON_TYPE = ['Content-Type', 'application/json'] as const
const CHALLENGE = ['WWW-Authenticate', 'Basic realm="RabbitMQ Management"'] as const
const ALLOWED = ['Allow', 'HEAD, GET, OPTIONS'] as const
const INSIDE: HeaderList = [
  ['Cache-Control', 'no-cache'],
  ['Content-Security-Policy', "script-src 'self' 'unsafe-eval' 'unsafe-inline'; object-src 'self'"],
  ['Vary', 'accept, accept-encoding, origin'],
]
/** `/api/queues/%2F/NAME/get`, the path decoded. */
const GET_MESSAGES = /^\/api\/queues\/\/\/([^/]{1,255})\/get$/
const QUEUES_OF_VHOST = '/api/queues//'
const MOST_MESSAGES = 20
const EXCHANGE_KINDS = ['direct', 'fanout', 'headers', 'topic']
const READING = new Set(['GET', 'HEAD'])

type Resource = (host: RabbitHost, user: string, now: number) => unknown

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['/api/whoami', (_, name) => ({name, tags: ['administrator']})],
  ['/api/overview', overview],
  ['/api/cluster-name', ({persona}) => ({name: nodeOf(persona)})],
  [
    '/api/nodes',
    ({persona}, _, now) => [
      {name: nodeOf(persona), type: 'disc', running: true, uptime: Math.max(1, now - persona.bootedAt(now))},
    ],
  ],
  ['/api/vhosts', () => [{name: VHOST, description: 'Default virtual host', tags: [], tracing: false}]],
  ['/api/queues', queues],
  [QUEUES_OF_VHOST, queues],
  ['/api/exchanges', exchanges],
  ['/api/users', (host) => host.names.map((name) => userOf(host, name))],
  [
    '/api/permissions',
    (host) => host.names.map((user) => ({user, vhost: VHOST, configure: '.*', write: '.*', read: '.*'})),
  ],
  ['/api/aliveness-test//', () => ({status: 'ok'})],
  ...['bindings', 'channels', 'connections', 'consumers', 'parameters', 'policies'].map(
    (name) => [`/api/${name}`, () => []] as const,
  ),
])

export const notFound = (): AppResponse =>
  answer(404, [JSON_TYPE, ...POLICY], '{"error":"Object Not Found","reason":"Not Found"}')

/** Whatever is below `/api/`. */
export function apiOf(host: RabbitHost): Answer {
  return (asked) => {
    const {head, path} = asked
    const taken = GET_MESSAGES.exec(path)?.[1]
    const resource = RESOURCES.get(path)
    if (taken === undefined && resource === undefined) return notFound()
    const wanted = taken === undefined ? READING.has(head.method) : head.method === 'POST'
    if (!wanted) return empty(405, [ALLOWED, ...POLICY])
    const login = basicLogin(head.headers)
    if (login === null) return empty(401, [CHALLENGE, ...POLICY])
    if (!host.admits(login)) {
      return answer(401, [CHALLENGE, JSON_TYPE, ...POLICY], '{"error":"not_authorized","reason":"Login failed"}')
    }
    if (taken !== undefined) return takeMessages(host, taken, asked)
    return inside(resource?.(host, login.name, asked.connection.now()))
  }
}

const inside = (value: unknown): AppResponse => answer(200, [JSON_TYPE, ...INSIDE], JSON.stringify(value))

/** Shows messages without taking them, whatever the request says: they wait for the next one. */
function takeMessages(host: RabbitHost, name: string, {connection}: Asked): AppResponse {
  const queue = host.broker.queues.get(name)
  if (queue === undefined) return notFound()
  const shown = queue.messages.slice(0, MOST_MESSAGES).map((message, index) => messageOf(queue, message, index))
  const response = inside(shown)
  const data = {method: 'api.get', queue: shownName(name), messages: shown.length, from: connection.peer.ip}
  return {...response, events: [{event: 'command', data}]}
}

const messageOf = ({messages}: Queue, {exchange, routingKey, body, redelivered}: Message, index: number): object => ({
  payload_bytes: body.length,
  redelivered,
  exchange,
  routing_key: routingKey,
  message_count: messages.length - index - 1,
  properties: {delivery_mode: 2},
  payload: body.toString('utf8').slice(0, 50_000),
  payload_encoding: 'string',
})

function overview({persona, broker}: RabbitHost): object {
  const node = nodeOf(persona)
  const messages = [...broker.queues.values()].reduce((sum, queue) => sum + queue.messages.length, 0)
  return {
    management_version: RELEASE.version,
    rates_mode: 'basic',
    exchange_types: EXCHANGE_KINDS.map((name) => ({
      name,
      description: `AMQP ${name} exchange, as per the AMQP specification`,
      enabled: true,
    })),
    product_version: RELEASE.version,
    product_name: 'RabbitMQ',
    rabbitmq_version: RELEASE.version,
    cluster_name: node,
    erlang_version: RELEASE.erlang,
    erlang_full_version: `Erlang/OTP 25 [erts-13.1.5] [source] [64-bit] [smp:2:2] [ds:2:2:10] [async-threads:1] [jit:ns]`,
    release_series_support_status: 'supported',
    disable_stats: false,
    enable_queue_totals: false,
    message_stats: {},
    queue_totals: {messages, messages_ready: messages, messages_unacknowledged: 0},
    object_totals: {
      channels: 0,
      connections: 0,
      consumers: 0,
      exchanges: broker.exchanges.size,
      queues: broker.queues.size,
    },
    statistics_db_event_queue: 0,
    node,
    listeners: [
      {node, protocol: 'amqp', ip_address: '::', port: 5672},
      {node, protocol: 'clustering', ip_address: '::', port: 25_672},
      {node, protocol: 'http', ip_address: '::', port: 15_672},
    ],
    contexts: [{node, description: 'RabbitMQ Management', path: '/', ip: '0.0.0.0', port: '15672'}],
  }
}

function queues({broker, persona}: RabbitHost): object[] {
  return [...broker.queues.values()].map(({name, durable, autoDelete, owner, messages, consumers}) => ({
    name,
    vhost: VHOST,
    durable,
    auto_delete: autoDelete,
    exclusive: owner !== null,
    arguments: {},
    node: nodeOf(persona),
    state: 'running',
    type: 'classic',
    messages: messages.length,
    messages_ready: messages.length,
    messages_unacknowledged: 0,
    message_bytes: messages.reduce((sum, {body}) => sum + body.length, 0),
    consumers,
  }))
}

function exchanges({broker}: RabbitHost): object[] {
  return [...broker.exchanges.values()].map(({name, type, durable, autoDelete, internal}) => ({
    name,
    vhost: VHOST,
    type,
    durable,
    auto_delete: autoDelete,
    internal,
    arguments: {},
    user_who_performed_action: 'rmq-internal',
  }))
}

/** The digest of a password that nobody has: what is shown here can be cracked for as long as one likes. */
function userOf({persona}: RabbitHost, name: string): object {
  const salt = persona.bytes(`rabbitmq salt ${name}`, 4)
  const digest = createHash('sha256')
    .update(Buffer.concat([salt, persona.bytes(`rabbitmq password ${name}`, 16)]))
    .digest()
  return {
    name,
    password_hash: Buffer.concat([salt, digest]).toString('base64'),
    hashing_algorithm: 'rabbit_password_hashing_sha256',
    tags: ['administrator'],
    limits: {},
  }
}
