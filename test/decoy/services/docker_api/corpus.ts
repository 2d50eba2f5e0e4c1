/** What a client of the Engine API says, in the order in which it is said: later requests name what earlier ones made. */

export interface Step {
  readonly name: string
  readonly request: string
  readonly body?: unknown
  /** The reply's `Id` is what `@NAME@` stands for from now on. */
  readonly saves?: string
}

const SHELL = {Image: 'busybox:1.36', Cmd: ['sh', '-c', 'echo out; echo err >&2; exit 3']}
const SERVICE = {Image: 'busybox:1.36', Cmd: ['sleep', '1000'], Labels: {a: 'b'}, Env: ['A=1']}
const PRIVILEGED = {
  Image: 'busybox:1.36',
  Cmd: ['chroot', '/host', 'sh'],
  HostConfig: {Binds: ['/:/host'], Privileged: true, NetworkMode: 'host', PidMode: 'host'},
}

/** Questions that change nothing. */
const READING: readonly Step[] = [
  {name: 'ping', request: 'GET /_ping'},
  {name: 'ping head', request: 'HEAD /_ping'},
  {name: 'ping versioned', request: 'GET /v1.40/_ping'},
  {name: 'version', request: 'GET /version'},
  {name: 'version versioned', request: 'GET /v1.41/version'},
  {name: 'version 1.24', request: 'GET /v1.24/version'},
  {name: 'info', request: 'GET /info'},
  {name: 'root', request: 'GET /'},
  {name: 'unknown path', request: 'GET /nope'},
  {name: 'unknown method', request: 'PUT /version'},
  {name: 'post version', request: 'POST /version'},
  {name: 'options', request: 'OPTIONS /'},
  {name: 'options path', request: 'OPTIONS /containers/json'},
  {name: 'too new', request: 'GET /v1.99/version'},
  {name: 'too old', request: 'GET /v1.10/version'},
  {name: 'nearly a version', request: 'GET /vfoo/version'},
  {name: 'double slash', request: 'GET //version'},
  {name: 'dots', request: 'GET /a/../version'},
  {name: 'trailing slash', request: 'GET /version/'},
  {name: 'no such container', request: 'GET /containers/nope/json'},
  {name: 'no such container, start', request: 'POST /containers/nope/start'},
  {name: 'no such container, delete', request: 'DELETE /containers/nope'},
  {name: 'no such container, logs', request: 'GET /containers/nope/logs?stdout=1'},
  {name: 'no such container, attach', request: 'POST /containers/nope/attach?stream=1&stdout=1'},
  {name: 'no such container, exec', request: 'POST /containers/nope/exec', body: {Cmd: ['id']}},
  {name: 'no such image', request: 'GET /images/nope/json'},
  {name: 'no such image, tagged', request: 'GET /images/nope:1/json'},
  {name: 'no such image, delete', request: 'DELETE /images/nope'},
  {name: 'no such network', request: 'GET /networks/nope'},
  {name: 'no such volume', request: 'GET /volumes/nope'},
  {name: 'no such exec', request: 'GET /exec/nope/json'},
  {name: 'no such exec, start', request: 'POST /exec/nope/start', body: {}},
  {name: 'bad limit', request: 'GET /containers/json?limit=x'},
  {name: 'bad filter', request: 'GET /containers/json?filters=x'},
  {name: 'unknown filter', request: 'GET /containers/json?filters=%7B%22nope%22%3A%5B%22a%22%5D%7D'},
  {name: 'logs of nothing', request: 'GET /containers/nope/logs'},
  {name: 'networks', request: 'GET /networks'},
  {name: 'bridge', request: 'GET /networks/bridge'},
  {name: 'volumes', request: 'GET /volumes'},
  {name: 'images', request: 'GET /images/json'},
  {name: 'images 1.40', request: 'GET /v1.40/images/json'},
  {name: 'image', request: 'GET /images/busybox:1.36/json'},
  {name: 'image history', request: 'GET /images/busybox:1.36/history'},
  {name: 'disk usage', request: 'GET /system/df'},
  {name: 'swarm', request: 'GET /swarm'},
  {name: 'nodes', request: 'GET /nodes'},
  {name: 'services', request: 'GET /services'},
  {name: 'secrets', request: 'GET /secrets'},
  {name: 'plugins', request: 'GET /plugins'},
  {name: 'containers, none', request: 'GET /containers/json'},
]

const CREATING: readonly Step[] = [
  {name: 'create without body', request: 'POST /containers/create'},
  {name: 'create with no json', request: 'POST /containers/create', body: 'x'},
  {name: 'create without image', request: 'POST /containers/create', body: {Cmd: ['id']}},
  {name: 'create of no such image', request: 'POST /containers/create', body: {Image: 'nope'}},
  {name: 'create of no such tag', request: 'POST /containers/create', body: {Image: 'nope:1'}},
  {name: 'create with a bad name', request: 'POST /containers/create?name=a%20b', body: SERVICE},
  {name: 'create without type', request: 'POST /containers/create?notype', body: SERVICE},
  {name: 'create', request: 'POST /containers/create?name=web', body: SERVICE, saves: 'WEB'},
  {name: 'create the same name', request: 'POST /containers/create?name=web', body: SERVICE},
  {name: 'created, listed', request: 'GET /containers/json?all=1'},
  {name: 'created, inspected', request: 'GET /containers/web/json'},
  {name: 'start', request: 'POST /containers/web/start'},
  {name: 'start again', request: 'POST /containers/web/start'},
  {name: 'running, listed', request: 'GET /containers/json'},
  {name: 'running, listed with size', request: 'GET /v1.40/containers/json?size=1'},
  {name: 'running, inspected', request: 'GET /containers/@WEB@/json'},
  {name: 'top', request: 'GET /containers/web/top'},
  {name: 'changes', request: 'GET /containers/web/changes'},
  {name: 'resize', request: 'POST /containers/web/resize?h=24&w=80'},
  {name: 'delete running', request: 'DELETE /containers/web'},
  {name: 'exec without command', request: 'POST /containers/web/exec', body: {}},
  {
    name: 'exec',
    request: 'POST /containers/web/exec',
    body: {AttachStdout: true, AttachStderr: true, Cmd: ['sh', '-c', 'echo hi; exit 2']},
    saves: 'EXEC',
  },
  {name: 'exec, inspected', request: 'GET /exec/@EXEC@/json'},
  {name: 'exec start', request: 'POST /exec/@EXEC@/start', body: {Detach: false, Tty: false}},
  {name: 'exec, over', request: 'GET /exec/@EXEC@/json'},
  {name: 'exec start again', request: 'POST /exec/@EXEC@/start', body: {Detach: false, Tty: false}},
  {
    name: 'exec with a terminal',
    request: 'POST /containers/web/exec',
    body: {AttachStdout: true, AttachStderr: true, Tty: true, Cmd: ['sh', '-c', 'echo hi']},
    saves: 'TTY',
  },
  {name: 'exec start with a terminal', request: 'POST /exec/@TTY@/start', body: {Detach: false, Tty: true}},
  {name: 'exec detached', request: 'POST /containers/web/exec', body: {Cmd: ['true']}, saves: 'DETACHED'},
  {name: 'exec start detached', request: 'POST /exec/@DETACHED@/start', body: {Detach: true}},
]

const RUNNING: readonly Step[] = [
  {name: 'run: create', request: 'POST /v1.41/containers/create', body: SHELL, saves: 'RUN'},
  {name: 'run: exec in one that is not running', request: 'POST /containers/@RUN@/exec', body: {Cmd: ['id']}},
  {name: 'run: start', request: 'POST /v1.41/containers/@RUN@/start'},
  {name: 'run: wait', request: 'POST /v1.41/containers/@RUN@/wait'},
  {name: 'run: wait versioned', request: 'POST /v1.41/containers/@RUN@/wait?condition=not-running'},
  {name: 'run: logs', request: 'GET /v1.41/containers/@RUN@/logs?stdout=1&stderr=1'},
  {name: 'run: logs without streams', request: 'GET /v1.41/containers/@RUN@/logs'},
  {name: 'run: listed', request: 'GET /v1.41/containers/json?all=1&filters=%7B%22status%22%3A%5B%22exited%22%5D%7D'},
  {name: 'run: stop again', request: 'POST /v1.41/containers/@RUN@/stop'},
  {name: 'run: kill again', request: 'POST /v1.41/containers/@RUN@/kill'},
  {name: 'run: attach to what is over', request: 'POST /v1.41/containers/@RUN@/attach?stream=1&stdout=1'},
  {
    name: 'run: attach, upgraded',
    request: 'POST /v1.41/containers/@RUN@/attach?stream=1&stdout=1|Connection: Upgrade|Upgrade: tcp',
  },
  {name: 'run: remove', request: 'DELETE /v1.41/containers/@RUN@'},
  {name: 'run: removed', request: 'GET /v1.41/containers/@RUN@/json'},
  {name: 'privileged: create', request: 'POST /containers/create?name=root', body: PRIVILEGED, saves: 'ROOT'},
  {name: 'privileged: inspected', request: 'GET /containers/root/json'},
  {
    name: 'unknown command: create',
    request: 'POST /containers/create?name=lost',
    body: {Image: 'busybox:1.36', Cmd: ['nope', 'x']},
  },
  {name: 'rename', request: 'POST /containers/root/rename?name=other'},
  {name: 'image in use, delete', request: 'DELETE /images/busybox:1.36'},
  {name: 'tag', request: 'POST /images/busybox:1.36/tag?repo=mine&tag=2'},
  {name: 'untag', request: 'DELETE /images/mine:2'},
  {name: 'pause', request: 'POST /containers/web/pause'},
  {name: 'unpause', request: 'POST /containers/web/unpause'},
  {name: 'kill', request: 'POST /containers/web/kill'},
  {name: 'remove by force', request: 'DELETE /containers/web?force=1'},
  {name: 'remove the other', request: 'DELETE /containers/other'},
  {name: 'network: create', request: 'POST /networks/create', body: {Name: 'back', Driver: 'bridge'}},
  {name: 'network: the same again', request: 'POST /networks/create', body: {Name: 'back', CheckDuplicate: true}},
  {name: 'network: delete', request: 'DELETE /networks/back'},
  {name: 'network: bridge is kept', request: 'DELETE /networks/bridge'},
  {name: 'volume: create', request: 'POST /volumes/create', body: {Name: 'data'}},
  {name: 'volume', request: 'GET /volumes/data'},
  {name: 'volume: listed', request: 'GET /volumes'},
  {name: 'volume: delete', request: 'DELETE /volumes/data'},
  {name: 'prune', request: 'POST /containers/prune'},
]

export const CORPUS: readonly Step[] = [...READING, ...CREATING, ...RUNNING]

const get = (...lines: string[]): string => `${lines.join('\r\n')}\r\n\r\n`
const HOST = 'Host: docker'

/** What Go's server makes of requests that are none, or not quite. Latin1. */
export const FAULTS: Readonly<Record<string, string>> = {
  'version 1337': get('GET / HTTP/1337', HOST),
  'version 1.0': get('GET /version HTTP/1.0'),
  'version 1.0, kept': get('GET /_ping HTTP/1.0', 'Connection: keep-alive'),
  'version 0.9': 'GET /version\r\n',
  'version 1.2': get('GET /_ping HTTP/1.2', HOST),
  'version 2.0': get('GET /_ping HTTP/2.0', HOST),
  'version 3.0': get('GET /_ping HTTP/3.0', HOST),
  'no host': get('GET /version HTTP/1.1'),
  'two hosts': get('GET /_ping HTTP/1.1', HOST, 'Host: other'),
  'empty host': get('GET /_ping HTTP/1.1', 'Host:'),
  'bad host': get('GET /_ping HTTP/1.1', 'Host: a b'),
  close: get('GET /_ping HTTP/1.1', HOST, 'Connection: close'),
  'not found, closed': get('GET / HTTP/1.1', HOST, 'Connection: close'),
  'line feeds': 'GET /_ping HTTP/1.1\nHost: docker\n\n',
  'lower case': get('get /_ping HTTP/1.1', HOST),
  'odd method': get('FOO /_ping HTTP/1.1', HOST),
  'bad method': get('F(O /_ping HTTP/1.1', HOST),
  'bad target': get('GET _ping HTTP/1.1', HOST),
  'bad escape': get('GET /%zz HTTP/1.1', HOST),
  'control in the target': get('GET /a\x01b HTTP/1.1', HOST),
  star: get('OPTIONS * HTTP/1.1', HOST),
  'star, get': get('GET * HTTP/1.1', HOST),
  absolute: get('GET http://docker/_ping HTTP/1.1', HOST),
  connect: get('CONNECT docker:80 HTTP/1.1', HOST),
  help: 'HELP\r\n',
  'empty lines': '\r\n\r\n',
  nuls: '\0\0\0\0\r\n\r\n',
  rtsp: get('OPTIONS / RTSP/1.0', 'CSeq: 1'),
  sip: get('OPTIONS sip:nm SIP/2.0', 'Via: SIP/2.0/TCP nm'),
  'space before the colon': get('GET /_ping HTTP/1.1', HOST, 'A : b'),
  'no colon': get('GET /_ping HTTP/1.1', HOST, 'abc'),
  'folded header': get('GET /_ping HTTP/1.1', HOST, 'A: b', ' c'),
  'folded first header': get('GET /_ping HTTP/1.1', ' A: b', HOST),
  'bad value': get('GET /_ping HTTP/1.1', HOST, 'A: b\x01c'),
  'empty name': get('GET /_ping HTTP/1.1', HOST, ': b'),
  'negative length': get('GET /_ping HTTP/1.1', HOST, 'Content-Length: -1'),
  'bad length': get('GET /_ping HTTP/1.1', HOST, 'Content-Length: x'),
  'two lengths': get('GET /_ping HTTP/1.1', HOST, 'Content-Length: 1', 'Content-Length: 2'),
  'length and coding': `${get('POST /auth HTTP/1.1', HOST, 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  'unknown coding': get('POST /auth HTTP/1.1', HOST, 'Transfer-Encoding: gzip'),
  'two codings': get('POST /auth HTTP/1.1', HOST, 'Transfer-Encoding: chunked, chunked'),
  'unknown expectation': get('GET /_ping HTTP/1.1', HOST, 'Expect: x'),
  'upgrade to h2c': get('GET /_ping HTTP/1.1', HOST, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c'),
  'preface of version 2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  pipelined: `${get('GET /_ping HTTP/1.1', HOST)}${get('HEAD /_ping HTTP/1.1', HOST)}${get('GET / HTTP/1.1', HOST)}`,
}

/** The bytes of a request; `saved` are the ids that its path may name. */
export function requestOf({request, body}: Step, saved: ReadonlyMap<string, string>): Buffer {
  const [line = '', ...headers] = request.replace(/@(\w+)@/g, (_, name: string) => saved.get(name) ?? name).split('|')
  const typed = !line.includes('notype')
  const content = body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const lines = [`${line} HTTP/1.1`, 'Host: docker', 'User-Agent: Docker-Client/20.10.24 (linux)', ...headers]
  if (content !== null && typed) lines.push('Content-Type: application/json')
  if (content !== null || line.startsWith('POST')) lines.push(`Content-Length: ${content?.length ?? 0}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), content ?? Buffer.alloc(0)])
}

/** The id that the reply to a step names. */
export const idOf = (reply: string): string | undefined => /"Id":"([0-9a-f]{64})"/.exec(reply)?.[1]
