/** The decoy beside the real Engine: the same requests, the same answers but for what differs from one machine to the next. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'

import type {Service} from '../../../../src/decoy/service.ts'
import {eventually} from '../../../support/serve.ts'
import {CORPUS, FAULTS, idOf, requestOf} from './corpus.ts'
import {ask, bodyOf, Client, engineWith} from './support.ts'

interface Recorded {
  readonly replies: Readonly<Record<string, string>>
  readonly faults: Readonly<Record<string, string>>
}

const FIXTURES = join(import.meta.dirname, '../../../fixtures/docker')
const recorded = (version: string): Recorded => JSON.parse(readFileSync(join(FIXTURES, `${version}.json`), 'utf8'))

/** Facts of a machine, of its set-up, of an image, and of the moment. */
const VARIABLE = new Set([
  'AppArmorProfile',
  'BuildTime',
  'CgroupnsMode',
  'Comment',
  'Container',
  'Created',
  'CreatedAt',
  'CreatedBy',
  'DockerVersion',
  'FinishedAt',
  'GitCommit',
  'GoVersion',
  'Hostname',
  'Image',
  'KernelVersion',
  'LastTagTime',
  'LayersSize',
  'Pid',
  'Processes',
  'RepoDigests',
  'SharedSize',
  'Size',
  'SizeRootFs',
  'StartedAt',
  'Status',
  'VirtualSize',
])
/** dockerd ran without iptables, on cgroup v1, with its sockets in another place. */
const MACHINE = new Set(['com.docker.network.bridge.enable_ip_masquerade', 'Gateway', 'KernelMemoryTCP'])

function masked(key: string, value: unknown): unknown {
  if (VARIABLE.has(key)) return `<${key}>`
  if (MACHINE.has(key)) return undefined
  if (key === 'Names' || key === 'Name') return typeof value === 'string' && !value.includes('_') ? value : '<name>'
  if (key === 'Version' && typeof value === 'string' && !/^(?:20|26)\./.test(value)) return '<component>'
  if (typeof value === 'string') return hashes(value)
  return value
}

const hashes = (text: string): string =>
  text
    .replace(/^\/(?:var\/)?run\/docker\//, '/run/docker/')
    .replace(/[0-9a-f]{64}/g, '#64')
    .replace(/\b[0-9a-f]{12}\b/g, '#12')
    .replace(/02:42(?::[0-9a-f]{2}){4}/, '#mac')

/** The head, and the body as one document whatever its coding. */
function normal(reply: string): string {
  const end = reply.indexOf('\r\n\r\n') + 4
  const head = reply
    .slice(0, end)
    .replace(/^Date: .*$/m, 'Date: -')
    .replace(/^Content-Length: \d{2,}/m, 'Content-Length: -')
  const body = bodyOf({reply})
  if (!/^[[{]/.test(body)) return head + hashes(body)
  // Whether a document is cut depends on how long the names in it are.
  const length = head.replace(/^(?:Content-Length: -|Transfer-Encoding: chunked)\r$/m, 'Length: -\r')
  const document: unknown = JSON.parse(body, masked)
  // The Engine lists networks in the order of a map, another one every time.
  if (Array.isArray(document) && document.some((item) => item?.Scope === 'local'))
    document.sort((a, b) => (a.Driver < b.Driver ? -1 : 1))
  return `${length}${JSON.stringify(document)}${/\n$/.test(body) ? '\n' : ''}`
}

/** What two streams say comes in any order. */
const sortedFrames = (reply: string): string => {
  const end = reply.indexOf('\r\n\r\n') + 4
  return reply.slice(0, end) + (bodyOf({reply}).match(/[\x01\x02]\0\0\0[\s\S]{4}[^\x01\x02]*/g) ?? []).sort().join('')
}

describe.each([['20.10.24+dfsg1'], ['26.1.5+dfsg1']])('%s', (version) => {
  const golden = recorded(version)
  const ours = new Map<string, string>()
  let service: Service

  beforeAll(async () => {
    service = await engineWith({version, containers: false})
    expect(ask(service, 'POST /images/create?fromImage=busybox&tag=1.36').reply).toContain('Downloaded newer image')
    const saved = new Map<string, string>()
    for (const step of CORPUS) {
      const client = new Client(service).send(requestOf(step, saved))
      const lasting = /attach|exec start|wait/.test(step.name)
      if (lasting) await eventually(() => client.closed || client.reply.endsWith('\r\n0\r\n\r\n'), 500).catch(() => {})
      else await new Promise((resolve) => setImmediate(resolve))
      // A real process is over before the next request of the recording.
      if (step.name === 'run: start') await new Promise((resolve) => setTimeout(resolve, 50))
      const id = step.saves === undefined ? undefined : idOf(client.reply)
      if (step.saves !== undefined && id !== undefined) saved.set(step.saves, id)
      ours.set(step.name, client.reply)
    }
  })

  /** Looked at apart. */
  const APART = new Set(['info', 'image', 'image history', 'run: logs'])

  it.each(CORPUS.map(({name}) => name).filter((name) => !APART.has(name)))('%s', (name) => {
    expect(normal(ours.get(name) ?? '')).toBe(normal(golden.replies[name] ?? ''))
  })

  it('run: logs', () => {
    const name = 'run: logs'
    expect(sortedFrames(ours.get(name) ?? '')).toBe(
      sortedFrames(golden.replies[name] ?? '').replace(
        /^Date: .*$/m,
        /^Date: .*$/m.exec(ours.get(name) ?? '')?.[0] ?? '',
      ),
    )
  })

  it.each(['info', 'image', 'image history'])('the fields of %s', (name) => {
    const fields = (reply: string): unknown => {
      const document = JSON.parse(bodyOf({reply}))
      const names = Object.keys(Array.isArray(document) ? document[0] : document)
      return names.filter((field) => !MACHINE.has(field))
    }
    expect(fields(ours.get(name) ?? '')).toEqual(fields(golden.replies[name] ?? ''))
  })

  it.each(Object.keys(FAULTS))('no request: %s', (name) => {
    const client = new Client(service).send(FAULTS[name] ?? '')
    const wanted = golden.faults[name] ?? ''
    const same = (reply: string): string =>
      reply
        .split(/(?=HTTP\/1\.[01] \d{3} )/)
        .map(normal)
        .join('\n')
    expect(same(client.reply)).toBe(same(wanted))
  })
})
