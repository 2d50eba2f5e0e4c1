/** Publish and subscribe. Nobody else is connected, as far as one intruder can see. */
import {array, bulk, integer, NULL, type Reply} from '../replies.ts'
import {type Call, type Handlers, rest} from './call.ts'
import {container} from './container.ts'

/** Subscriptions of one connection. */
const MAX_SUBSCRIPTIONS = 1000

const total = (call: Call) => call.client.channels.size + call.client.patterns.size

function message(kind: string, name: string | null, count: number): Reply {
  return {type: 'push', items: [bulk(kind), name === null ? NULL : bulk(name), integer(count)]}
}

function subscribe(call: Call, names: Set<string>): Reply {
  const items = rest(call, 1).map((name) => {
    if (total(call) < MAX_SUBSCRIPTIONS) names.add(name)
    return message(call.name, name, total(call))
  })
  return {type: 'many', items}
}

function unsubscribe(call: Call, names: Set<string>): Reply {
  const wanted = call.count === 1 ? [...names] : rest(call, 1)
  if (wanted.length === 0) return message(call.name, null, total(call))
  const items = wanted.map((name) => {
    names.delete(name)
    return message(call.name, name, total(call))
  })
  return {type: 'many', items}
}

export const PUBLISH: Handlers = {
  publish: () => integer(0),
  subscribe: (call) => subscribe(call, call.client.channels),
  psubscribe: (call) => subscribe(call, call.client.patterns),
  unsubscribe: (call) => unsubscribe(call, call.client.channels),
  punsubscribe: (call) => unsubscribe(call, call.client.patterns),
  pubsub: container({
    channels: {run: () => array([])},
    numsub: {run: (call) => array(rest(call, 2).flatMap((name) => [bulk(name), integer(0)]))},
    numpat: {run: () => integer(0)},
  }),
}
