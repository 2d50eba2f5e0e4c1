/** The Engine API calls we make, each with its deadline. Failures are `CallFailure`s. */
import type {IncomingMessage} from 'node:http'
import type {Readable} from 'node:stream'

import type {
  ContainerDetails,
  ContainerSpec,
  ContainerSummary,
  EngineInfo,
  EngineVersion,
  ImageDetails,
  ImageSummary,
  NetworkDetails,
} from './api-types.ts'
import {compareVersions, OUR_API, speaksOurApi} from './api-version.ts'
import {CallFailure} from './call-failure.ts'
import type {CallRequest, EngineClient, Reply} from './client.ts'
import type {Timing} from './timing.ts'

/** Our containers end on SIGTERM at once; a hung one is killed after this many seconds. */
export const STOP_SECONDS = 2

type Signal = AbortSignal | undefined

export class DockerApi {
  readonly #client: EngineClient
  readonly #timing: Timing
  #version: Promise<string> | undefined

  constructor(client: EngineClient, timing: Timing) {
    this.#client = client
    this.#timing = timing
  }

  close(): void {
    this.#client.close()
  }

  async engineVersion(signal?: Signal): Promise<EngineVersion> {
    const reply = await this.#client.call({
      name: 'ask the version',
      method: 'GET',
      path: '/version',
      deadlineMs: this.#timing.ping,
      signal,
    })
    return object<EngineVersion>(reply, 'ask the version')
  }

  async engineInfo(signal?: Signal): Promise<EngineInfo> {
    return object<EngineInfo>(await this.#get('ask for its state', '/info', signal), 'ask for its state')
  }

  async listContainers(filters: string, signal?: Signal): Promise<readonly ContainerSummary[]> {
    const reply = await this.#get('list containers', '/containers/json', signal, {all: '1', filters})
    return list<ContainerSummary>(reply, 'list containers')
  }

  /** By id or by name. */
  async inspectContainer(id: string, signal?: Signal): Promise<ContainerDetails> {
    const reply = await this.#get('inspect container', `/containers/${encodeURIComponent(id)}/json`, signal)
    return object<ContainerDetails>(reply, 'inspect container')
  }

  /** Resolves with the id. */
  async createContainer(name: string, spec: ContainerSpec, signal?: Signal): Promise<string> {
    const reply = await this.#post('create container', '/containers/create', this.#timing.create, {
      query: {name},
      body: spec,
      signal,
    })
    return object<{Id: string}>(reply, 'create container').Id
  }

  /** Started already is success. */
  async startContainer(id: string, signal?: Signal): Promise<void> {
    await this.#post('start container', `/containers/${id}/start`, this.#timing.start, {signal})
  }

  /** Stopped already is success. */
  async stopContainer(id: string, signal?: Signal): Promise<void> {
    const query = {t: String(STOP_SECONDS)}
    await this.#post('stop container', `/containers/${id}/stop`, this.#timing.stop, {query, signal})
  }

  async unpauseContainer(id: string, signal?: Signal): Promise<void> {
    await this.#post('unpause container', `/containers/${id}/unpause`, this.#timing.start, {signal})
  }

  async renameContainer(id: string, name: string, signal?: Signal): Promise<void> {
    await this.#post('rename container', `/containers/${id}/rename`, this.#timing.read, {query: {name}, signal})
  }

  async setRestartPolicy(id: string, policy: 'always' | 'no', signal?: Signal): Promise<void> {
    const body = {RestartPolicy: {Name: policy}}
    await this.#post('set restart policy', `/containers/${id}/update`, this.#timing.read, {body, signal})
  }

  async removeContainer(id: string, signal?: Signal): Promise<void> {
    await this.#client.call({
      name: 'remove container',
      method: 'DELETE',
      path: await this.#path(`/containers/${id}`),
      query: {force: '1', v: '1'},
      deadlineMs: this.#timing.remove,
      graceMs: this.#timing.grace,
      signal,
    })
  }

  /** The log from its beginning (or since a time, in seconds), multiplexed; `follow` keeps it open. */
  async readLog(
    id: string,
    options: {follow: boolean; since?: string; tail?: number; timestamps?: boolean},
    signal?: Signal,
  ): Promise<IncomingMessage> {
    return this.#client.stream({
      name: 'read log',
      method: 'GET',
      path: await this.#path(`/containers/${id}/logs`),
      query: {
        stdout: '1',
        stderr: '1',
        follow: options.follow ? '1' : '0',
        ...(options.since === undefined ? {} : {since: options.since}),
        ...(options.tail === undefined ? {} : {tail: String(options.tail)}),
        ...(options.timestamps === true ? {timestamps: '1'} : {}),
      },
      deadlineMs: this.#timing.read,
      signal,
    })
  }

  async listNetworks(signal?: Signal): Promise<readonly NetworkDetails[]> {
    return list<NetworkDetails>(await this.#get('list networks', '/networks', signal), 'list networks')
  }

  async inspectNetwork(id: string, signal?: Signal): Promise<NetworkDetails> {
    const reply = await this.#get('inspect network', `/networks/${encodeURIComponent(id)}`, signal)
    return object<NetworkDetails>(reply, 'inspect network')
  }

  async createNetwork(body: object, signal?: Signal): Promise<string> {
    const reply = await this.#post('create network', '/networks/create', this.#timing.network, {body, signal})
    return object<{Id: string}>(reply, 'create network').Id
  }

  async removeNetwork(id: string, signal?: Signal): Promise<void> {
    await this.#client.call({
      name: 'remove network',
      method: 'DELETE',
      path: await this.#path(`/networks/${id}`),
      deadlineMs: this.#timing.network,
      graceMs: this.#timing.grace,
      signal,
    })
  }

  async inspectImage(reference: string, signal?: Signal): Promise<ImageDetails> {
    const reply = await this.#get('inspect image', `/images/${imagePath(reference)}/json`, signal)
    return object<ImageDetails>(reply, 'inspect image')
  }

  async listImages(filters: string, signal?: Signal): Promise<readonly ImageSummary[]> {
    return list<ImageSummary>(await this.#get('list images', '/images/json', signal, {filters}), 'list images')
  }

  /** The answer is a stream of JSON objects, which may hold an `error`. */
  async importImage(
    tar: Readable,
    query: Readonly<Record<string, string | readonly string[]>>,
    signal?: Signal,
  ): Promise<IncomingMessage> {
    return this.#client.stream({
      name: 'import image',
      method: 'POST',
      path: await this.#path('/images/create'),
      query: {fromSrc: '-', ...query},
      upload: tar,
      deadlineMs: this.#timing.image,
      signal,
    })
  }

  /** The classic builder: it needs nothing beside the engine. The answer is as that of an import. */
  async buildImage(
    tar: Readable,
    query: {readonly t: string; readonly labels: string},
    signal?: Signal,
  ): Promise<IncomingMessage> {
    return this.#client.stream({
      name: 'build image',
      method: 'POST',
      path: await this.#path('/build'),
      query: {rm: '1', forcerm: '1', ...query},
      upload: tar,
      deadlineMs: this.#timing.image,
      signal,
    })
  }

  async removeImage(reference: string, signal?: Signal): Promise<void> {
    await this.#client.call({
      name: 'remove image',
      method: 'DELETE',
      path: await this.#path(`/images/${imagePath(reference)}`),
      deadlineMs: this.#timing.remove,
      graceMs: this.#timing.grace,
      signal,
    })
  }

  /** Prepares a command inside a running container; resolves with the exec's id. */
  async createExec(id: string, command: readonly string[], signal?: Signal): Promise<string> {
    const body = {AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command}
    const reply = await this.#post('prepare command', `/containers/${id}/exec`, this.#timing.read, {body, signal})
    return object<{Id: string}>(reply, 'prepare command').Id
  }

  /** Runs it; the answer is its multiplexed output. */
  async startExec(exec: string, signal?: Signal): Promise<IncomingMessage> {
    return this.#client.stream({
      name: 'run command',
      method: 'POST',
      path: await this.#path(`/exec/${exec}/start`),
      body: {Detach: false, Tty: false},
      deadlineMs: this.#timing.exec,
      signal,
    })
  }

  /** Null: it runs still. */
  async execExitCode(exec: string, signal?: Signal): Promise<number | null> {
    const reply = await this.#get('look at a command', `/exec/${exec}/json`, signal)
    return object<{ExitCode: number | null}>(reply, 'look at a command').ExitCode
  }

  async #get(name: string, path: string, signal: Signal, query: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.#client.call({
      name,
      method: 'GET',
      path: await this.#path(path),
      query,
      deadlineMs: this.#timing.read,
      signal,
    })
  }

  async #post(
    name: string,
    path: string,
    deadlineMs: number,
    rest: Pick<CallRequest, 'query' | 'body' | 'signal'>,
  ): Promise<Reply> {
    const graceMs = this.#timing.grace
    return this.#client.call({name, method: 'POST', path: await this.#path(path), deadlineMs, graceMs, ...rest})
  }

  /** Behind the API version that is spoken; asked once. */
  async #path(path: string): Promise<string> {
    this.#version ??= this.#negotiate()
    try {
      return `/v${await this.#version}${path}`
    } catch (error) {
      this.#version = undefined
      throw error
    }
  }

  async #negotiate(): Promise<string> {
    const engine = await this.engineVersion()
    if (!speaksOurApi(engine.ApiVersion)) {
      const text = `client version ${OUR_API} is too new. Maximum supported API version is ${engine.ApiVersion}`
      throw new CallFailure('ask the version', 'refused', {status: 400, text})
    }
    const lowest = engine.MinAPIVersion ?? OUR_API
    return compareVersions(lowest, OUR_API) > 0 ? lowest : OUR_API
  }
}

/** A reference keeps its slashes, and nothing in it may leave the path. */
function imagePath(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/')
}

function object<T extends object>(reply: Reply, call: string): T {
  if (typeof reply.body === 'object' && reply.body !== null && !Array.isArray(reply.body)) return reply.body as T
  throw unexpected(call)
}

function list<T>(reply: Reply, call: string): readonly T[] {
  if (Array.isArray(reply.body)) return reply.body as T[]
  throw unexpected(call)
}

function unexpected(call: string): CallFailure {
  return new CallFailure(call, 'unknown', {text: 'the answer is not what the Engine API describes', code: 'PROTOCOL'})
}
