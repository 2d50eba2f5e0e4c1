/** Against Debian's nats-server on loopback. */
import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'
import {connect, type NatsConnection} from '@nats-io/transport-node'
import {expect, it, onTestFinished} from 'vitest'

import {recordOf} from '../../src/events/classify.ts'
import {NatsBus} from '../../src/events/nats-bus.ts'
import {NATS_SINK} from '../../src/events/sinks/nats.ts'
import type {OutboxItem} from '../../src/events/sinks/sink.ts'
import {findCommand} from '../lab/debian.ts'
import {EventMaker} from '../support/evidence.ts'
import {eventually} from '../support/serve.ts'

const NATS_SERVER = findCommand('nats-server')
const NEVER = new AbortController().signal

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function server(port: number): Promise<ChildProcess> {
  const child = spawn(NATS_SERVER ?? '', ['-a', '127.0.0.1', '-p', String(port)], {stdio: 'ignore'})
  onTestFinished(() => void child.kill('SIGKILL'))
  await expect
    .poll(
      async () => {
        const probe = await connect({servers: `nats://127.0.0.1:${port}`, reconnect: false}).catch(() => null)
        await probe?.close()
        return probe !== null
      },
      {timeout: 10_000},
    )
    .toBe(true)
  return child
}

async function listening(port: number, subject: string) {
  const connection: NatsConnection = await connect({servers: `nats://127.0.0.1:${port}`})
  onTestFinished(() => connection.close())
  const got: {subject: string; text: string; id: string}[] = []
  connection.subscribe(subject, {
    callback: (_, message) => {
      got.push({subject: message.subject, text: message.string(), id: message.headers?.get('Nats-Msg-Id') ?? ''})
    },
  })
  await connection.flush()
  return got
}

const item = (seq: number): OutboxItem => {
  const event = new EventMaker().make({id: `b.${seq}`, seq, decky: 'web.01 *', event: 'command'})
  return {kind: 'event', key: event.id, line: `line ${seq}`, record: recordOf(event, 'i1')}
}

it.runIf(NATS_SERVER !== undefined)('the bus tells in subjects whose parts are escaped', async () => {
  const port = await freePort()
  await server(port)
  const got = await listening(port, 'decnet.>')
  const failures: string[] = []
  const bus = new NatsBus(`nats://127.0.0.1:${port}`, {onFailure: (message) => failures.push(message)})
  bus.publish(['decky', 'a.b> *', 'lifecycle'], {status: 'running'})
  bus.publish(['decky', '', 'drift'], {n: 2})
  await bus.close()
  await eventually(() => got.length === 2)
  expect(got).toMatchObject([
    {subject: 'decnet.decky.a_b___.lifecycle', text: '{"status":"running"}'},
    {subject: 'decnet.decky._.drift', text: '{"n":2}'},
  ])
  expect(failures).toEqual([])
})

it('a bus that is away holds up nothing, and says so once', async () => {
  const failures: string[] = []
  const bus = new NatsBus(`nats://127.0.0.1:${await freePort()}`, {onFailure: (message) => failures.push(message)})
  for (let round = 0; round < 1000; round++) bus.publish(['decky', 'web', 'lifecycle'], {round})
  await bus.close()
  bus.publish(['decky', 'web', 'lifecycle'], {})
  expect(failures).toHaveLength(1)
})

it.runIf(NATS_SERVER !== undefined)('the sink delivers with ids, and fails when the server is killed', async () => {
  const port = await freePort()
  const child = await server(port)
  const got = await listening(port, 'siem.>')
  const sink = await NATS_SINK.create({url: `nats://127.0.0.1:${port}`, subject: 'siem', token: ''})
  await sink.deliver([item(1), item(2)], NEVER)
  await eventually(() => got.length === 2)
  expect(got).toMatchObject([
    {subject: 'siem.event.web_01__.ssh.command', text: 'line 1', id: 'b.1'},
    {text: 'line 2', id: 'b.2'},
  ])
  child.kill('SIGKILL')
  await once(child, 'exit')
  await expect(sink.deliver([item(3)], NEVER)).rejects.toThrow()
  await sink.close()
})
