import {request} from 'node:http'

export interface EngineAnswer {
  readonly status: number
  readonly body: string
}

/** A container as the Engine lists it, with what scenarios ask about. */
export interface LabContainer {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly ip: string | undefined
  readonly mac: string | undefined
}

/**
 * One call to the Engine, without dockerode: the lab is the judge of code that uses it.
 *
 * @throws Error when the socket refuses, resets or stays silent for `timeoutMs`.
 */
export function callEngine(socket: string, method: string, path: string, timeoutMs = 10_000): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const call = request({socketPath: socket, method, path, agent: false}, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve({status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString()}))
    })
    call.setTimeout(timeoutMs, () => call.destroy(new Error(`${method} ${path}: no answer in ${timeoutMs} ms`)))
    call.on('error', reject)
    call.end()
  })
}

export async function answersPing(socket: string, timeoutMs = 2000): Promise<boolean> {
  try {
    return (await callEngine(socket, 'GET', '/_ping', timeoutMs)).status === 200
  } catch {
    return false
  }
}

async function list<T>(socket: string, path: string): Promise<T[]> {
  const answer = await callEngine(socket, 'GET', path)
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.body}`)
  return JSON.parse(answer.body)
}

interface ListedContainer {
  readonly Id: string
  readonly Names: readonly string[]
  readonly State: string
  readonly Image: string
  readonly Labels: Record<string, string> | null
  readonly NetworkSettings?: {readonly Networks?: Record<string, {IPAddress?: string; MacAddress?: string}>}
}

interface ListedNetwork {
  readonly Id: string
  readonly Name: string
}

/** Every container, running or not. */
export async function listContainers(socket: string): Promise<LabContainer[]> {
  const listed = await list<ListedContainer>(socket, '/containers/json?all=1')
  return listed.map((container) => {
    const [endpoint] = Object.values(container.NetworkSettings?.Networks ?? {})
    return {
      id: container.Id,
      name: (container.Names[0] ?? '').replace(/^\//, ''),
      state: container.State,
      image: container.Image,
      labels: container.Labels ?? {},
      ip: endpoint?.IPAddress || undefined,
      mac: endpoint?.MacAddress || undefined,
    }
  })
}

const BUILT_IN_NETWORKS = new Set(['bridge', 'host', 'none'])

/** Removes every container by force, then every network that the Engine did not make itself. */
export async function removeEverything(socket: string): Promise<void> {
  const containers = await list<ListedContainer>(socket, '/containers/json?all=1')
  const queue = [...containers]
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await callEngine(socket, 'DELETE', `/containers/${next.Id}?force=1&v=1`, 30_000)
    }
  }
  // Four at once is the Engine's knee: more only queue inside it.
  await Promise.all([worker(), worker(), worker(), worker()])
  for (const network of await list<ListedNetwork>(socket, '/networks')) {
    if (!BUILT_IN_NETWORKS.has(network.Name)) await callEngine(socket, 'DELETE', `/networks/${network.Id}`, 30_000)
  }
}
