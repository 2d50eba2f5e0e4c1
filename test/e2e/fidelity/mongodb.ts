import type {ClientRun, FidelityRow} from './row.ts'

const driver = (
  name: string,
  login: string,
  script: string,
  run: Omit<ClientRun, 'name' | 'tool' | 'command'>,
): ClientRun => ({
  name: `pymongo, ${name}`,
  tool: '../lib/python3/dist-packages/pymongo',
  command: ({ip}) => [
    '/usr/bin/python3',
    '-c',
    `import pymongo\nclient = pymongo.MongoClient('mongodb://${login}${ip}/?serverSelectionTimeoutMS=8000')\n${script}`,
  ],
  ...run,
})

const LISTS = 'print(client.list_database_names())'
const TAKES = `
name = [each for each in client.list_database_names() if each not in ('admin', 'config', 'local')][0]
print(client[name].users.find_one()['username'], client.server_info()['version'])
client.drop_database(name)
client['READ_ME'].README.insert_one({'content': 'pay 0.01 BTC'})
`

const refused: ClientRun = driver('another password', 'root:letmein@', LISTS, {
  prints: /Authentication failed\..*'code': 18, 'codeName': 'AuthenticationFailed'/,
  exit: 1,
  outcome: 'refused',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) =>
      credential?.principal === 'root' && credential.hash?.line.startsWith('$scram$SHA-256$') === true,
    captured: 'SCRAM exchange',
  },
})

const stranger = (word: string): ClientRun =>
  driver('without a login', '', LISTS, {
    prints: new RegExp(`${word} listDatabases requires authentication.*'code': 13, 'codeName': 'Unauthorized'`),
    exit: 1,
    outcome: 'refused',
    leaves: {
      event: 'command',
      matching: ({data}) => data?.command === 'listDatabases',
      captured: 'every command',
    },
  })

const takes = (name: string, login: string, version: string): ClientRun =>
  driver(name, login, TAKES, {
    prints: new RegExp(`admin ${version}`),
    exit: 0,
    outcome: 'takes the data and leaves a note',
    leaves: {
      event: 'command',
      matching: ({data}) => data?.command === 'insert' && JSON.stringify(data).includes('0.01 BTC'),
      captured: 'every command, with its documents',
    },
  })

const hydra: ClientRun = {
  name: 'hydra',
  tool: 'hydra',
  command: ({ip}) => ['hydra', '-I', '-l', 'app', '-p', 'secret', '-t', '1', `mongodb://${ip}`],
  prints: /login: app\s+password: secret/,
  outcome: 'finds the honey credentials',
  leaves: {
    event: 'auth.attempt',
    matching: ({credential}) => credential?.principal === 'app' && credential.outcome === 'success',
    captured: 'SCRAM exchange',
  },
}

export const MONGODB_ROWS: readonly FidelityRow[] = [
  {
    service: 'mongodb',
    port: 27_017,
    product: 'MongoDB 4.4 without access control',
    decky: {services: 'mongodb', distro: 'ubuntu20'},
    options: {auth: 'no'},
    nmap: /^mongodb\s+MongoDB 4\.4\.29/,
    scripts: [/gitVersion = f4dda329a99811c707eb06d05ad023599f9be263/, /totalSize = \d+/, /process = mongod/],
    clients: [takes('nobody', '', '4\\.4\\.29')],
  },
  {
    service: 'mongodb',
    port: 27_017,
    product: 'MongoDB 4.4 with access control',
    decky: {services: 'mongodb', distro: 'ubuntu20'},
    options: {users: 'app:secret'},
    nmap: /^mongodb\s+MongoDB 4\.4\.29/,
    scripts: [/codeName = Unauthorized/],
    clients: [stranger('command'), refused, takes('honey user', 'app:secret@', '4\\.4\\.29'), hydra],
  },
  {
    service: 'mongodb',
    port: 27_017,
    product: 'MongoDB 7.0 of its packages for Debian',
    decky: {services: 'mongodb', distro: 'debian'},
    options: {users: 'app:secret'},
    nmap: /^mongodb\s+MongoDB 7\.0\.9/,
    // nmap 7.93 has no signature of this version: what names it is its script.
    unknownToNmap: true,
    scripts: [/gitVersion = 3ff3a3925c36ed277cf5eafca5495f2e3728dd67/, /codeName = UnsupportedOpQueryCommand/],
    clients: [stranger('Command'), refused, takes('honey user', 'app:secret@', '7\\.0\\.9')],
  },
]
