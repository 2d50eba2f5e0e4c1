/** What real clients and nmap make of it: passive transfers through the runtime's own side ports. */
import {createHash, randomBytes} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {findCommand} from '../../../lab/debian.ts'
import {runTool} from '../../../support/client-tool.ts'
import {lastKept} from '../../../support/kept.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {ftpService, USERS, WINDOWS} from './support.ts'

const SLOW = 30_000
const OPTIONS = {anonymous: true, ...USERS}
const servers = new Map<string, Served>()
let directory: string

beforeAll(async () => {
  for (const product of ['vsftpd', 'proftpd', 'iis']) {
    // nmap 7.93 knows ProFTPD by a greeting with the version only, which newer ones have no more.
    const version = product === 'proftpd' ? {version: '1.3.6'} : {}
    const service = await ftpService({product, ...version, ...OPTIONS}, product === 'iis' ? WINDOWS : {})
    servers.set(product, await serve(service, {port: 21, service: 'ftp'}))
  }
  directory = await mkdtemp(join(tmpdir(), 'ftp-clients-'))
})

afterAll(async () => {
  await Promise.all([...servers.values()].map((served) => served.close()))
  await rm(directory, {recursive: true, force: true})
})

function served(product: string): Served {
  const server = servers.get(product)
  if (server === undefined) throw new RangeError(product)
  return server
}

const url = (product: string, path: string): string =>
  `ftp://deploy:Summer2024@127.0.0.1:${served(product).port}/${path}`
const curl = (...args: string[]) => runTool('curl', ['-sS', '--max-time', '15', ...args])

describe.runIf(findCommand('curl') !== undefined).each(['vsftpd', 'proftpd', 'iis'])('curl with %s', (product) => {
  const modes: [string, string[]][] = [
    ['EPSV', []],
    ['PASV', ['--disable-epsv']],
    ['EPSV over TLS', ['--ssl-reqd', '-k']],
    ['PASV over TLS', ['--ssl-reqd', '-k', '--disable-epsv']],
  ]

  it.each(modes)('lists, uploads and downloads by %s', {timeout: SLOW}, async (_, flags) => {
    const data = randomBytes(300_000)
    const file = join(directory, 'up')
    await writeFile(file, data)
    const stored = await curl(...flags, '-T', file, url(product, 'up.bin'))
    expect(stored).toMatchObject({code: 0, stderr: ''})
    expect(await curl(...flags, '-o', join(directory, 'down'), url(product, 'up.bin'))).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect(await readFile(join(directory, 'down'))).toEqual(data)
    const list = await curl(...flags, url(product, ''))
    expect(list.stdout).toMatch(/ 300000 .*up\.bin\r?\n/)
    const sha256 = createHash('sha256').update(data).digest('hex')
    await eventually(() =>
      served(product)
        .named('file.write')
        .some((event) => event.data?.sha256 === sha256),
    )
    expect(lastKept(served(product).events).content).toEqual(data.subarray(0, DEFAULT_LIMITS.capture))
    await eventually(() => served(product).named('file.read').length > 0)
  })

  it('is refused with a wrong password', {timeout: SLOW}, async () => {
    const {code, stderr} = await curl(`ftp://deploy:wrong@127.0.0.1:${served(product).port}/`)
    expect(code, stderr).toBe(67)
  })

  it('finds lures as anonymous', {timeout: SLOW}, async () => {
    const {stdout} = await curl(`ftp://127.0.0.1:${served(product).port}/pub/`)
    expect(stdout).toContain('README')
  })

  it('cannot be connected to when it is active', {timeout: SLOW}, async () => {
    const {code} = await curl('--ftp-port', '127.0.0.1', '--disable-eprt', url(product, ''))
    expect(code).not.toBe(0)
  })
})

describe.runIf(findCommand('lftp') !== undefined).each(['vsftpd', 'proftpd', 'iis'])('lftp with %s', (product) => {
  it.each(['false', 'true'])('mirrors with ssl-force %s', {timeout: SLOW}, async (force) => {
    const commands = [
      `set ftp:ssl-force ${force}; set ssl:verify-certificate no; set net:max-retries 1; set net:timeout 8; set xfer:clobber on; set ftp:ssl-protect-data true`,
      `open -u anonymous,a@b -p ${served(product).port} 127.0.0.1`,
      'cls -l pub',
      `mget -O ${directory} pub/README`,
    ]
    const {code, stdout, stderr} = await runTool('lftp', ['-c', commands.join('; ')])
    expect(stderr).not.toMatch(/fail|error|refused/i)
    expect(stdout).toMatch(/README/)
    expect(code).toBe(0)
    expect(await readFile(join(directory, 'README'), 'utf8')).toContain('internal use')
    await rm(join(directory, 'README'))
  })
})

describe.runIf(findCommand('tnftp') !== undefined)('tnftp', () => {
  it('signs in and takes a file', {timeout: SLOW}, async () => {
    const port = served('vsftpd').port
    const input = `open 127.0.0.1 ${port}\nuser deploy Summer2024\nget /etc/hostname ${directory}/hostname\nquit\n`
    const {stdout, stderr} = await runTool('tnftp', ['-n', '-v', '-p'], {input})
    expect(`${stdout}${stderr}`).toContain('226 Transfer complete.')
    expect(await readFile(join(directory, 'hostname'), 'utf8')).toBe('files01\n')
  })
})

describe.runIf(findCommand('nmap') !== undefined)('nmap', () => {
  it.each([
    ['vsftpd', /ftp\s+vsftpd 3\.0\.3/],
    ['proftpd', /ftp\s+ProFTPD/],
    ['iis', /ftp\s+Microsoft ftpd/],
  ])('names %s', {timeout: 60_000}, async (product, version) => {
    const args = [
      '-Pn',
      '-n',
      '-sT',
      '-sV',
      '--script',
      'ftp-anon,ftp-syst,ftp-bounce',
      '-p',
      String(served(product).port),
    ]
    const {stdout} = await runTool('nmap', [...args, '127.0.0.1'], {timeoutMs: 50_000})
    expect(stdout).toMatch(version)
    expect(stdout).toMatch(/Anonymous FTP login allowed/)
    expect(stdout).not.toMatch(/ERROR|bounce working/)
  })
})

describe('a passive port', () => {
  it('takes one connection, and none of anybody else', {timeout: SLOW}, async () => {
    const server = served('vsftpd')
    const control = connect({host: '127.0.0.1', port: server.port})
    let said = ''
    control.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1')
    })
    control.write('USER deploy\r\nPASS Summer2024\r\nPASV\r\n')
    const [, high, low] = await eventually(() => /\(127,0,0,1,(\d+),(\d+)\)/.exec(said) ?? undefined)
    const port = Number(high) * 256 + Number(low)
    const stranger = connect({host: '127.0.0.1', port, localAddress: '127.0.0.9'})
    const refused = new Promise((resolve) => stranger.once('error', resolve))
    await refused
    const data = connect({host: '127.0.0.1', port})
    let listed = ''
    data.on('data', (chunk: Buffer) => {
      listed += chunk.toString('latin1')
    })
    control.write('NLST /etc\r\nNOOP\r\n')
    await eventually(() => said.includes('226 Directory send OK.\r\n200 NOOP ok.'))
    expect(listed).toContain('passwd\r\n')
    const late = connect({host: '127.0.0.1', port})
    await new Promise((resolve) => late.once('error', resolve))
    control.destroy()
  })
})
