/** The CLIENT container. */
import {NOT_AN_INTEGER, SYNTAX_ERROR} from '../dialect.ts'
import {strictInteger} from '../parser.ts'
import {bulk, error, integer, NOTHING, NULL, OK, type Reply, verbatim} from '../replies.ts'
import {type Call, type Handlers, text, upper} from './call.ts'
import {setNameCommand} from './connection.ts'
import {container} from './container.ts'

/** Descriptor numbers below are the server's own: listening sockets, epoll, log. */
const FIRST_DESCRIPTOR = 8

/** One line of CLIENT LIST; the sizes are those a real server shows for a client that sent exactly this. */
function clientLine(call: Call): string {
  const {client, server, now} = call
  const {peer, local} = client.connection
  const {major} = server.facts.dialect
  const age = Math.floor((now - client.connectedAt) / 1000)
  const common = {
    id: client.id,
    addr: `${peer.ip}:${peer.port}`,
    ...(major >= 7 ? {laddr: `${local.ip}:${local.port}`} : {}),
    fd: FIRST_DESCRIPTOR,
    name: client.name,
    age,
    idle: 0,
    flags: client.channels.size + client.patterns.size > 0 ? 'P' : 'N',
    db: client.database,
    sub: client.channels.size,
    psub: client.patterns.size,
  }
  const six =
    'multi=-1 qbuf=26 qbuf-free=32742 argv-mem=10 obl=0 oll=0 omem=0 tot-mem=61466 events=r cmd=client user=default'
  const seven = `ssub=0 multi=-1 qbuf=26 qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=16384 rbp=16384 obl=0 oll=0 omem=0 tot-mem=37658 events=r cmd=client|${text(call, 1).toLowerCase()} user=default redir=-1 resp=${client.resp}`
  const fields = Object.entries(common).map(([key, value]) => `${key}=${value}`)
  return `${fields.join(' ')} ${major >= 7 ? seven : six}\n`
}

function replyMode(call: Call): Reply {
  const mode = upper(call, 2)
  if (mode === 'ON') {
    call.client.replies = 'on'
    return OK
  }
  if (mode === 'OFF') call.client.replies = 'off'
  else if (mode === 'SKIP') call.client.replies = call.client.replies === 'off' ? 'off' : 'skip-next'
  else return SYNTAX_ERROR
  return NOTHING
}

function pause(call: Call): Reply {
  if (strictInteger(text(call, 2)) === null) return error('ERR timeout is not an integer or out of range')
  return OK
}

function kill(call: Call): Reply {
  const {peer} = call.client.connection
  if (call.count > 3) return integer(0)
  if (text(call, 2) !== `${peer.ip}:${peer.port}`) return error('ERR No such client')
  call.effects.close = 'after-reply'
  return OK
}

function onOff(call: Call): Reply {
  return ['ON', 'OFF'].includes(upper(call, 2)) ? OK : SYNTAX_ERROR
}

export const CLIENT: Handlers = {
  client: container({
    id: {run: (call) => integer(call.client.id)},
    getname: {run: (call) => (call.client.name === '' ? NULL : bulk(call.client.name))},
    setname: {run: setNameCommand},
    list: {run: (call) => verbatim(clientLine(call))},
    info: {run: (call) => verbatim(clientLine(call)), six: null},
    kill: {run: kill},
    reply: {run: replyMode},
    pause: {run: pause},
    unpause: {run: () => OK, six: null},
    unblock: {run: (call) => (strictInteger(text(call, 2)) === null ? NOT_AN_INTEGER : integer(0))},
    'no-evict': {run: onOff, six: null},
    tracking: {run: onOff},
    getredir: {run: () => integer(-1)},
  }),
}
