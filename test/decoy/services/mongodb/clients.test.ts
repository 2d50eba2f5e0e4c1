/** The driver of Debian (python3-pymongo), on the loopback. */
import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'

import {MONGODB_PORT, MONGODB_VERSIONS} from '../../../../src/decoy/services/mongodb/definition.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {type Served, serve} from '../../../support/serve.ts'
import {mongoService} from './support.ts'

/** The machine's own, whose modules Debian packages. */
const PYTHON = '/usr/bin/python3'
const installed = existsSync('/usr/lib/python3/dist-packages/pymongo')
const hydra = findCommand('hydra')

const PREAMBLE = `
import pymongo, sys
def client(more=''):
    login, _, options = more.partition('?')
    return pymongo.MongoClient('mongodb://%s127.0.0.1:%s/?serverSelectionTimeoutMS=5000&%s' % (login, sys.argv[1], options or 'appName=x'))
def tried(action):
    try: print(action())
    except Exception as error: print(getattr(error, 'code', None), getattr(error, 'details', None) and error.details['errmsg'] or error)
`

async function python({port}: Served, script: string): Promise<string> {
  const {stdout, stderr} = await runTool(PYTHON, ['-c', `${PREAMBLE}${script}`, String(port)], {timeoutMs: 30_000})
  expect(stderr).toBe('')
  return stdout
}

describe.skipIf(!installed).each(MONGODB_VERSIONS)('pymongo of Debian with %s', (version) => {
  it('is asked for a login, refused, and let in', async () => {
    const server = await serve(await mongoService({version, users: ['app:secret']}), {
      port: MONGODB_PORT,
      service: 'mongodb',
    })
    const said = await python(
      server,
      `
print(client().server_info()['version'])
tried(client().list_database_names)
for mechanism in ('SCRAM-SHA-1', 'SCRAM-SHA-256'):
    tried(client('root:hunter2@?authMechanism=' + mechanism).list_database_names)
    tried(client('app:secret@?authMechanism=' + mechanism).list_database_names)
tried(client('root:hunter2@').list_database_names)
`,
    )
    const word = version.startsWith('4') ? 'command' : 'Command'
    const lines = said.trim().split('\n')
    expect(lines.slice(0, 2)).toEqual([version, `13 ${word} listDatabases requires authentication`])
    expect(lines.filter((line) => line === '18 Authentication failed.')).toHaveLength(3)
    expect(lines.filter((line) => /'admin', 'config'/.test(line))).toHaveLength(2)
    const attempts = server.named('auth.attempt').map(({credential}) => [credential?.principal, credential?.outcome])
    expect(attempts).toEqual(
      expect.arrayContaining([
        ['root', 'failure'],
        ['app', 'success'],
      ]),
    )
    await server.close()
  })

  it('works with what it finds, compressed too', async () => {
    const server = await serve(await mongoService({version, auth: false}), {port: MONGODB_PORT, service: 'mongodb'})
    const said = await python(
      server,
      `
plain, zlib = client(), client('?compressors=zlib')
name = [each for each in plain.list_database_names() if each not in ('admin', 'config', 'local')][0]
database = zlib[name]
print(sorted(database.list_collection_names()))
print(database.users.find_one({'username': 'admin'})['role'], database.users.count_documents({}) > 3)
print(len(list(database.orders.find({}, batch_size=7))) == database.orders.count_documents({}))
print([each['_id'] for each in database.orders.aggregate([{'$group': {'_id': '$status'}}, {'$sort': {'_id': 1}}])][0])
print(zlib.ransom.README.insert_one({'content': 'pay'}).acknowledged, plain.drop_database(name))
print([each['content'] for each in plain.ransom.README.find()], name in plain.list_database_names())
`,
    )
    expect(said.trim().split('\n')).toEqual([
      "['customers', 'orders', 'settings', 'users']",
      'admin True',
      'True',
      'cancelled',
      'True None',
      "['pay'] False",
    ])
    expect(server.named('command').map(({data}) => data?.command)).toEqual(
      expect.arrayContaining(['insert', 'dropDatabase']),
    )
    await server.close()
  })
})

describe.skipIf(hydra === undefined)('hydra', () => {
  it('finds the honey credentials, and nothing else', async () => {
    const server = await serve(await mongoService({version: '4.4.29', users: ['app:secret']}), {
      port: MONGODB_PORT,
      service: 'mongodb',
    })
    const guess = (user: string) =>
      runTool(hydra ?? '', ['-I', '-l', user, '-p', 'secret', '-s', String(server.port), '127.0.0.1', 'mongodb'], {
        env: {HOME: '/tmp'},
      })
    expect((await guess('root')).stdout).toContain('0 valid password found')
    expect((await guess('app')).stdout).toContain('login: app   password: secret')
    await server.close()
  })
})
