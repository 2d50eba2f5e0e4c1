/** What real clients and nmap make of it. */
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {rabbitService} from './support.ts'

const SLOW = 60_000
const served: Record<number, Served> = {}

beforeAll(async () => {
  const service = await rabbitService({users: ['ops:hunter2']})
  for (const port of [5672, 15_672, 4369]) served[port] = await serve(service, {port, service: 'rabbitmq'})
})
afterAll(() => Promise.all(Object.values(served).map((each) => each.close())))

const at = (port: number): number => served[port]?.port ?? 0

describe.runIf(findCommand('amqp-publish') !== undefined)('amqp-tools', () => {
  const url = (login: string): string => `--url=amqp://${login}@127.0.0.1:${at(5672)}`

  it('are refused with a wrong password', {timeout: SLOW}, async () => {
    const {stderr, code} = await runTool('amqp-get', [url('guest:guest'), '-q', 'orders'])
    expect(stderr).toMatch(/ACCESS_REFUSED|403/)
    expect(code).not.toBe(0)
  })

  it('declare, publish, get and delete', {timeout: SLOW}, async () => {
    const own = url('ops:hunter2')
    expect((await runTool('amqp-declare-queue', [own, '-q', 'work'])).stdout).toBe('work\n')
    expect((await runTool('amqp-publish', [own, '-r', 'work', '-b', 'take this'])).code).toBe(0)
    const got = await runTool('amqp-get', [own, '-q', 'work'])
    expect(got).toMatchObject({stdout: 'take this', code: 0})
    expect((await runTool('amqp-get', [own, '-q', 'work'])).code).toBe(2)
    expect((await runTool('amqp-publish', [own, '-r', 'work', '-b', 'again'])).code).toBe(0)
    expect((await runTool('amqp-consume', [own, '-q', 'work', '-c', '1', 'cat'])).stdout).toBe('again')
    expect((await runTool('amqp-delete-queue', [own, '-q', 'work'])).code).toBe(0)
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it('names broker, version, node and management', {timeout: SLOW}, async () => {
    const base = ['-Pn', '-n', '-sT', '-p']
    const ports = [5672, 15_672].map(at).join(',')
    const scripts = ['--script', '+amqp-info,+http-title']
    const {stdout} = await runTool('nmap', [...base, ports, '-sV', ...scripts, '127.0.0.1'], {timeoutMs: SLOW})
    expect(stdout).toMatch(/open\s+amqp\s+RabbitMQ 3\.10\.8 \(0-9\)/)
    expect(stdout).toMatch(/cluster_name: rabbit@mq01/)
    expect(stdout).toMatch(/mechanisms: AMQPLAIN PLAIN/)
    expect(stdout).toMatch(/open\s+http\s+Cowboy httpd/)
    expect(stdout).toMatch(/RabbitMQ Management/)
    const mapper = await runTool('nmap', [...base, String(at(4369)), '--script', '+epmd-info', '127.0.0.1'])
    expect(mapper.stdout).toMatch(/epmd_port: 4369[\s\S]*rabbit: 25672/)
    expect(stdout).not.toMatch(/unrecognized|execution failed/)
  })
})
