import {execFile} from 'node:child_process'
import {existsSync} from 'node:fs'
import {promisify} from 'node:util'
import {describe, expect, it} from 'vitest'

import type {Service} from '../../../../src/decoy/service.ts'
import {byteSize} from '../../../../src/decoy/services/elasticsearch/cat.ts'
import {encode, Real} from '../../../../src/decoy/services/elasticsearch/document.ts'
import {serve} from '../../../support/serve.ts'
import {bodyOf, credentialsOf, headerNames, headerOf, statusOf} from '../http/support.ts'
import {ask, nodeWith, send} from './support.ts'

const jsonOf = <T = Record<string, unknown>>(outcome: {reply: string; events: never} | ReturnType<typeof ask>): T =>
  JSON.parse(bodyOf(outcome as ReturnType<typeof ask>)) as T

interface Hits {
  readonly hits: {
    readonly total: {readonly value: number}
    readonly hits: readonly {readonly _index: string; readonly _id: string; readonly _source: Record<string, unknown>}[]
  }
}

describe('the front door', () => {
  it('is printed as Jackson prints it, with the facts of the release', async () => {
    const root = ask(await nodeWith({cluster: 'logs'}), 'GET /')
    expect(bodyOf(root)).toMatch(
      /^\{\n {2}"name" : "[\w-]+",\n {2}"cluster_name" : "logs",\n {2}"cluster_uuid" : "[\w-]{22}",\n {2}"version" : \{\n {4}"number" : "7\.10\.2",\n {4}"build_flavor" : "default",\n {4}"build_type" : "deb",\n {4}"build_hash" : "747e1cc71def077253878a59143c1f785afa92b9",\n {4}"build_date" : "2021-01-13T00:42:12\.435326Z",\n {4}"build_snapshot" : false,\n {4}"lucene_version" : "8\.7\.0",\n {4}"minimum_wire_compatibility_version" : "6\.8\.0",\n {4}"minimum_index_compatibility_version" : "6\.0\.0-beta1"\n {2}\},\n {2}"tagline" : "You Know, for Search"\n\}\n$/,
    )
    expect(headerNames(root)).toEqual(['content-type', 'content-length'])
    expect(headerOf(root, 'content-type')).toBe('application/json; charset=UTF-8')
  })

  it('names the product since 7.14, warns in 7.17, and never names a server', async () => {
    const names = async (version: string): Promise<string[]> =>
      headerNames(ask(await nodeWith({version, security: false}), 'GET /'))
    expect(await names('7.17.12')).toEqual(['X-elastic-product', 'Warning', 'content-type', 'content-length'])
    expect(await names('8.15.0')).toEqual(['X-elastic-product', 'content-type', 'content-length'])
    expect(headerOf(ask(await nodeWith({version: '8.15.0', security: false}), 'GET /'), 'content-type')).toBe(
      'application/json',
    )
  })

  it('answers in the version of the request, and without a body to HEAD', async () => {
    const service = await nodeWith()
    expect(ask(service, 'GET /', {version: '1.0'}).reply).toMatch(/^HTTP\/1\.0 200 OK\r\n/)
    const head = ask(service, 'HEAD /')
    expect(bodyOf(head)).toBe('')
    expect(Number(headerOf(head, 'content-length'))).toBeGreaterThan(400)
  })
})

describe('security', () => {
  it('is on in 8: what nobody may know is refused with the schemes', async () => {
    const refused = ask(await nodeWith({version: '8.15.0'}), 'GET /')
    expect(statusOf(refused)).toBe(401)
    expect(headerNames(refused)).toEqual([
      'WWW-Authenticate',
      'WWW-Authenticate',
      'X-elastic-product',
      'content-type',
      'content-length',
    ])
    const header = '{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}'
    const cause = `"type":"security_exception","reason":"missing authentication credentials for REST request [/]","header":${header}`
    expect(bodyOf(refused)).toBe(`{"error":{"root_cause":[{${cause}}],${cause}},"status":401}`)
  })

  it('takes no wrong password, and records it', async () => {
    const basic = `Authorization: Basic ${Buffer.from('elastic:changeme').toString('base64')}`
    const refused = ask(await nodeWith({version: '8.15.0', users: ['elastic:right']}), 'GET /_cat/indices', {
      headers: [basic],
    })
    expect(bodyOf(refused)).toContain('unable to authenticate user [elastic] for REST request [/_cat/indices]')
    expect(credentialsOf(refused)).toMatchObject([
      {principal: 'elastic', method: 'basic', secret: {text: 'changeme'}, outcome: 'failure'},
    ])
  })

  it('lets in who has a honey credential, and may be switched on before 8', async () => {
    const basic = `Authorization: Basic ${Buffer.from('elastic:right').toString('base64')}`
    const service = await nodeWith({security: true, users: ['elastic:right']})
    expect(statusOf(ask(service, 'GET /'))).toBe(401)
    const entered = ask(service, 'GET /', {headers: [basic]})
    expect(statusOf(entered)).toBe(200)
    expect(credentialsOf(entered)).toMatchObject([{outcome: 'success'}])
  })
})

describe('what is asked', () => {
  it('of the cluster is answered as a real one does, the settings too', async () => {
    const service = await nodeWith()
    expect(bodyOf(ask(service, 'GET /_cluster/settings'))).toBe('{"persistent":{},"transient":{}}')
    expect(jsonOf(ask(service, 'GET /_cluster/health'))).toMatchObject({number_of_nodes: 1, status: 'yellow'})
    expect(bodyOf(ask(service, 'GET /_cluster/health'))).toContain('"active_shards_percent_as_number":50.0}')
    expect(
      Object.values(jsonOf<{nodes: Record<string, {version: string}>}>(ask(service, 'GET /_nodes')).nodes)[0]?.version,
    ).toBe('7.10.2')
  })

  it('of _cat are tables with aligned columns, or what is wished instead', async () => {
    const service = await nodeWith()
    const table = bodyOf(ask(service, 'GET /_cat/indices?v')).split('\n')
    expect(table[0]).toMatch(
      /^health status index +uuid +pri rep docs\.count docs\.deleted store\.size pri\.store\.size$/,
    )
    expect(new Set(table.slice(0, -1).map((line) => line.length)).size).toBe(1)
    const names = bodyOf(ask(service, 'GET /_cat/indices?h=index&s=index')).split('\n')
    expect(names).toEqual([
      'customers',
      expect.stringMatching(/^filebeat-20\d\d\.\d\d\.\d\d$/),
      'invoices',
      'users',
      '',
    ])
    expect(jsonOf<{index: string}[]>(ask(service, 'GET /_cat/indices/users?format=json'))).toMatchObject([
      {index: 'users', 'docs.count': '8'},
    ])
    expect(bodyOf(ask(service, 'GET /_cat'))).toMatch(/^=\^\.\^=\n\/_cat\/allocation\n/)
  })

  it.each([
    ['GET /nope', 404, 'index_not_found_exception', 'no such index [nope]'],
    [
      'GET /_nope',
      400,
      'invalid_index_name_exception',
      "Invalid index name [_nope], must not start with '_', '-', or '+'",
    ],
    ['PUT /Upper', 400, 'invalid_index_name_exception', 'Invalid index name [Upper], must be lowercase'],
    [
      'PUT /users',
      400,
      'resource_already_exists_exception',
      expect.stringMatching(/^index \[users\/[\w-]{22}\] already exists$/),
    ],
    [
      'GET /users/_search?size=20000',
      400,
      'illegal_argument_exception',
      expect.stringMatching(/^Result window is too large/),
    ],
  ])('%s is an error of its kind', async (line, status, type, reason) => {
    const refused = ask(await nodeWith(), line)
    expect(statusOf(refused)).toBe(status)
    expect(jsonOf<{error: unknown}>(refused).error).toMatchObject({root_cause: [{type, reason}], type, reason})
  })

  it('that leads nowhere is told so', async () => {
    const service = await nodeWith()
    expect(bodyOf(ask(service, 'GET /a/b/c/d'))).toBe(
      '{"error":"no handler found for uri [/a/b/c/d] and method [GET]"}',
    )
    expect(bodyOf(ask(service, 'POST /'))).toContain('Incorrect HTTP method for uri [/] and method [POST]')
    const options = ask(service, 'OPTIONS /')
    expect([statusOf(options), headerOf(options, 'content-length'), headerOf(options, 'Allow')]).toEqual([
      200,
      '0',
      'GET,HEAD,DELETE',
    ])
  })

  it('in no HTTP is answered in version 1.0, in words', async () => {
    const service = await nodeWith()
    for (const [line, reason] of [
      ['HELP\r\n', 'text is empty (possibly HTTP/0.9)'],
      ['GET / HTTP/1337\r\n', 'invalid version format: HTTP/1337'],
      [`GET /${'a'.repeat(5000)} HTTP/1.1\r\n`, 'An HTTP line is larger than 4096 bytes.'],
    ] as const) {
      const refused = send(service, line)
      expect(refused.reply).toMatch(/^HTTP\/1\.0 400 Bad Request\r\n/)
      expect(jsonOf<{error: unknown}>(refused).error).toMatchObject({reason})
      expect(refused.closed).toBe(true)
    }
  })
})

describe('documents', () => {
  const search = (service: Service, line: string, body?: string): Hits =>
    jsonOf<Hits>(ask(service, line, body === undefined ? {} : {body}))

  it('are found by words, in the index that is named', async () => {
    const service = await nodeWith()
    const {hits} = search(service, 'GET /users/_search?q=admin')
    expect(hits.hits).toHaveLength(1)
    expect(hits.hits[0]?._source).toMatchObject({username: 'admin', role: 'administrator'})
    const staff = search(service, 'POST /users/_search', '{"query":{"match":{"role":"staff"}},"size":3}')
    expect([staff.hits.total.value, staff.hits.hits.length]).toEqual([7, 3])
    expect(search(service, 'GET /users/_search?q=nobody').hits.total.value).toBe(0)
  })

  it('are recorded when they are looked for', async () => {
    const found = ask(await nodeWith(), 'POST /users/_search', {body: '{"query":{"match_all":{}}}'})
    expect(found.events.find(({event}) => event === 'query')?.data).toMatchObject({action: '_search', target: 'users'})
  })

  it('can be deleted and held to ransom, which is an attack step', async () => {
    const service = await nodeWith()
    const gone = ask(service, 'DELETE /users')
    expect(bodyOf(gone)).toBe('{"acknowledged":true}')
    expect(gone.events.find(({event}) => event === 'command')?.data).toMatchObject({
      action: 'index.delete',
      target: 'users',
    })
    expect(statusOf(ask(service, 'GET /users'))).toBe(404)
    const note = ask(service, 'POST /read_me/_doc', {body: '{"note":"send 0.1 BTC"}'})
    expect(statusOf(note)).toBe(201)
    expect(note.events.find(({event}) => event === 'command')?.data?.body).toMatchObject({
      text: '{"note":"send 0.1 BTC"}',
    })
    expect(search(service, 'GET /read_me/_search').hits.hits[0]?._source).toEqual({note: 'send 0.1 BTC'})
  })

  it('come in bulk', async () => {
    const service = await nodeWith()
    const body =
      '{"index":{"_index":"a","_id":"1"}}\n{"x":1}\n{"create":{"_index":"a","_id":"2"}}\n{"x":2}\n{"delete":{"_index":"a","_id":"1"}}\n'
    const outcome = jsonOf<{errors: boolean; items: unknown[]}>(ask(service, 'POST /_bulk', {body}))
    expect([outcome.errors, outcome.items.length]).toEqual([false, 3])
    expect(search(service, 'GET /a/_search').hits.hits.map(({_id}) => _id)).toEqual(['2'])
  })

  it('of intruders are bounded', async () => {
    const service = await nodeWith()
    for (let made = 0; made < 40; made++) ask(service, `PUT /made${made}`)
    const names = bodyOf(ask(service, 'GET /_cat/indices?h=index'))
      .trim()
      .split('\n')
      .map((name) => name.trim())
    expect(names).toHaveLength(20)
    expect(names).toContain('made39')
    expect(names).toContain('customers')
    for (let written = 0; written < 100; written++) ask(service, `PUT /made39/_doc/${written}`, {body: '{"x":1}'})
    expect(search(service, 'GET /made39/_search?size=100').hits.hits).toHaveLength(64)
  })
})

it('two nodes share neither names nor documents, and one keeps its own', async () => {
  const seen = async (seed: string): Promise<string> => {
    const service = await nodeWith(
      {},
      {seed: seed.repeat(32), hostname: `h${seed}`, fleet: {seed: seed.repeat(32), site: 's', controller: 'DC'}},
    )
    return ['/', '/users/_search', '/_nodes', '/_cat/indices']
      .map((path) => bodyOf(ask(service, `GET ${path}`)))
      .join('')
  }
  const ids = (text: string): Set<string> => new Set(text.match(/[\w-]{22}(?=[" ])|[0-9a-f]{40}(?=")|\w+!(?=")/g))
  const [one, other, again] = [ids(await seen('1a')), ids(await seen('2b')), ids(await seen('1a'))]
  const product = new Set(['747e1cc71def077253878a59143c1f785afa92b9'])
  expect([...one].filter((id) => other.has(id) && !product.has(id) && /\d/.test(id))).toEqual([])
  expect(again).toEqual(one)
})

it('writes documents as Jackson does', () => {
  const value = {a: [], b: {}, c: [1, {d: new Real(1)}], e: 'x"y'}
  expect(encode(value, false)).toBe('{"a":[],"b":{},"c":[1,{"d":1.0}],"e":"x\\"y"}')
  expect(encode(value, true)).toBe(
    '{\n  "a" : [ ],\n  "b" : { },\n  "c" : [\n    1,\n    {\n      "d" : 1.0\n    }\n  ],\n  "e" : "x\\"y"\n}\n',
  )
})

it.each([
  [208, '208b'],
  [1024, '1kb'],
  [3789, '3.7kb'],
  [5 * 1024 ** 3, '5gb'],
])('%i bytes are %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text)
})

const CURL = existsSync('/usr/bin/curl')
if (!CURL) console.warn('curl is not installed: nothing is shown of how it takes the decoy')

describe.skipIf(!CURL)('curl', () => {
  it('searches, with TLS as well', {timeout: 30_000}, async () => {
    const served = await serve(await nodeWith({tls: true}), {port: 9200})
    try {
      const {stdout} = await promisify(execFile)('/usr/bin/curl', [
        '-sk',
        `https://127.0.0.1:${served.port}/users/_search?q=admin`,
      ])
      expect((JSON.parse(stdout) as Hits).hits.total.value).toBe(1)
      expect(served.named('query')).toHaveLength(1)
    } finally {
      await served.close()
    }
  })
})
