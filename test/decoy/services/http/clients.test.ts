/** Real clients on loopback, through the runtime's own listener. */
import {execFile} from 'node:child_process'
import {accessSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'

import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import type {OptionValues} from '../../../../src/decoy/definition.ts'
import type {PersonaFacts} from '../../../../src/decoy/persona.ts'
import {createService} from '../../../../src/decoy/services/http/server.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {personaWith} from './fixture-site.ts'

const run = promisify(execFile)

function installed(program: string): boolean {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    try {
      accessSync(join(folder, program))
      return true
    } catch {}
  }
  process.stderr.write(`${program} is not installed: its tests of the http service are skipped\n`)
  return false
}

async function web(options: OptionValues, facts: Partial<PersonaFacts> = {}): Promise<Served> {
  return serve(await createService(personaWith(facts), options), {port: 80, service: 'http'})
}

describe.skipIf(!installed('curl'))('curl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'http-clients-'))
  let server: Served
  let plain: Served
  let origin: string
  let site: string
  const curl = async (...flags: string[]): Promise<string> =>
    (await run('curl', ['--silent', '--show-error', '--include', '--max-time', '10', ...flags])).stdout

  beforeAll(async () => {
    server = await web({product: 'apache', page: 'login', title: 'Intranet', users: ['eve:Autumn-1']})
    origin = `http://127.0.0.1:${server.port}`
    plain = await web({product: 'apache'})
    site = `http://127.0.0.1:${plain.port}`
  })
  afterAll(async () => {
    await server.close()
    await plain.close()
    rmSync(folder, {recursive: true})
  })

  it('gets, heads and speaks 1.0', async () => {
    expect(await curl(`${origin}/`)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*<title>Intranet<\/title>/)
    const head = await curl('--head', `${site}/index.html`)
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(head).toMatch(/\r\n\r\n$/)
    expect(await curl('--http1.0', `${site}/index.html`)).toContain('Connection: close\r\n')
  })

  it('is compressed for, and decompresses', async () => {
    const text = await curl('--compressed', `${site}/index.html`)
    expect(text).toContain('Content-Encoding: gzip\r\n')
    expect(text).toContain('Apache2 Debian Default Page')
  })

  it('sends credentials in a header and in forms', async () => {
    await curl('-u', 'admin:hunter2', `${origin}/admin`)
    expect(await curl('-d', 'user=root', '-d', 'password=toor', `${origin}/login`)).toContain('incorrect')
    await curl('-F', 'username=multi', '-F', 'password=part', `${origin}/login`)
    const jar = join(folder, 'cookies')
    const home = await curl('-L', '-c', jar, '-b', jar, '-d', 'username=eve&password=Autumn-1', `${origin}/login`)
    expect(home).toContain('Signed in as <b>eve</b>')
    const attempts = await eventually(() => {
      const found = server.named('auth.attempt')
      return found.length >= 4 && found
    })
    expect(
      attempts.map(({credential}) => [
        credential?.method,
        credential?.principal,
        credential?.secret?.text,
        credential?.outcome,
      ]),
    ).toEqual([
      ['basic', 'admin', 'hunter2', 'failure'],
      ['form', 'root', 'toor', 'failure'],
      ['form', 'multi', 'part', 'failure'],
      ['form', 'eve', 'Autumn-1', 'success'],
    ])
  })

  it('uploads after asking, and is told off', async () => {
    const file = join(folder, 'shell.php')
    writeFileSync(file, `<?php system($_GET["c"]); ?>${'x'.repeat(20_000)}`)
    const answer = await curl('-H', 'Expect: 100-continue', '-T', file, `${origin}/shell.php`)
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 405 Method Not Allowed\r\n/)
    const upload = await eventually(() => server.named('request').find(({data}) => data?.method === 'PUT'))
    expect(upload.data).toMatchObject({bodyBytes: 20_028, bodySample: {truncated: true}})
    expect(JSON.stringify(upload.data?.bodySample)).toContain('<?php system')
  })

  it('asks for options, ranges and validates', async () => {
    expect(await curl('-X', 'OPTIONS', `${site}/index.html`)).toMatch(/\r\nAllow: [A-Z,]+\r\n/)
    const part = await curl('-r', '0-9', `${site}/index.html`)
    expect(part).toMatch(/^HTTP\/1\.1 206 Partial Content\r\n[\s\S]*Content-Range: bytes 0-9\/\d+\r\n/)
    expect(part.slice(part.indexOf('\r\n\r\n') + 4)).toHaveLength(10)
    const etag = /ETag: (.*)\r/.exec(await curl('--head', `${site}/index.html`))?.[1] ?? ''
    expect(await curl('-H', `If-None-Match: ${etag}`, `${site}/index.html`)).toMatch(/^HTTP\/1\.1 304 Not Modified\r\n/)
  })

  it('keeps the connection for a second request', async () => {
    const before = server.named('session.start').length
    const {stderr} = await run('curl', ['--silent', '--verbose', '--max-time', '10', `${origin}/`, `${origin}/two`])
    expect(stderr).toMatch(/Re-using existing connection/)
    expect(server.named('session.start').length).toBe(before + 1)
  })

  it.each(['nginx', 'iis'])('uploads to %s without hanging', async (product) => {
    const other = await web({product})
    try {
      const answer = await curl('-H', 'Expect: 100-continue', '-d', 'a=1', `http://127.0.0.1:${other.port}/`)
      expect(answer).toContain('HTTP/1.1 405 ')
    } finally {
      await other.close()
    }
  })
})

describe.skipIf(!installed('curl'))('curl, authenticating', () => {
  const status = async (server: Served, ...flags: string[]): Promise<string> => {
    const silent = ['--silent', '--show-error', '--max-time', '10', '-o', '/dev/null', '-w', '%{http_code}']
    return (await run('curl', [...silent, ...flags, `http://127.0.0.1:${server.port}/`])).stdout
  }

  it.each(['--ntlm', '--negotiate'])('%s: by NTLM, or not at all', async (flag) => {
    const facts = {os: 'windows_server', distro: 'windows2022'} as const
    const server = await web({page: 'windows', users: ['alice:Winter-2026']}, facts)
    try {
      expect(await status(server, flag, '-u', 'CORP\\alice:wrong')).toBe('401')
      if (flag === '--negotiate') return
      expect(await status(server, flag, '-u', 'CORP\\alice:Winter-2026')).toBe('200')
      const attempts = await eventually(() => server.named('auth.attempt').length >= 2 && server.named('auth.attempt'))
      expect(attempts.map(({credential}) => [credential?.hash?.hashcatMode, credential?.outcome])).toEqual([
        [5600, 'failure'],
        [5600, 'success'],
      ])
    } finally {
      await server.close()
    }
  })

  it('--digest: with what Apache asks for', async () => {
    const server = await web({product: 'apache', page: 'digest', users: ['bob:Winter-2026']})
    try {
      expect(await status(server, '--digest', '-u', 'bob:wrong')).toBe('401')
      expect(await status(server, '--digest', '-u', 'bob:Winter-2026')).toBe('200')
      const attempts = await eventually(() => server.named('auth.attempt').length >= 2 && server.named('auth.attempt'))
      expect(attempts.map(({credential}) => credential?.outcome)).toEqual(['failure', 'success'])
    } finally {
      await server.close()
    }
  })
})

describe.skipIf(!installed('wget'))('wget', () => {
  it('follows where applications lead, and posts', async () => {
    const server = await web({product: 'phpmyadmin'})
    const origin = `http://127.0.0.1:${server.port}`
    try {
      const wget = async (...flags: string[]): Promise<string> =>
        (await run('wget', ['-q', '-O', '-', '--tries=1', '--timeout=10', ...flags])).stdout
      expect(await wget(`${origin}/`)).toContain('<title>phpMyAdmin</title>')
      const posted = await wget('--post-data', 'pma_username=a&pma_password=b', `${origin}/phpmyadmin/index.php`)
      expect(posted).toContain("Access denied for user 'a'@'localhost'")
    } finally {
      await server.close()
    }
  })
})

describe.skipIf(!installed('nmap'))('nmap -sV -sC', () => {
  const machines: Readonly<Record<string, {options: OptionValues; facts: Partial<PersonaFacts>}>> = {
    nginx: {options: {product: 'nginx'}, facts: {}},
    apache: {options: {product: 'apache'}, facts: {}},
    iis: {options: {}, facts: {os: 'windows_server', distro: 'windows2022'}},
  }
  const servers = new Map<string, Served>()
  let scan = ''

  beforeAll(async () => {
    for (const [name, {options, facts}] of Object.entries(machines)) servers.set(name, await web(options, facts))
    const ports = [...servers.values()].map(({port}) => port).join(',')
    const flags = ['-Pn', '-n', '-sV', '-sC', '-p', ports, '127.0.0.1']
    scan = (await run('nmap', flags, {timeout: 80_000})).stdout
  }, 90_000)
  afterAll(async () => {
    for (const server of servers.values()) await server.close()
  })

  it.each([
    ['nginx', 'nginx 1.22.1', 'Welcome to nginx!'],
    ['apache', 'Apache httpd 2.4.62 ((Debian))', 'Apache2 Debian Default Page: It works'],
    ['iis', 'Microsoft IIS httpd 10.0', 'IIS Windows Server'],
  ])('identifies %s', (name, product, title) => {
    const port = servers.get(name)?.port ?? 0
    const lines = scan.slice(scan.indexOf(`${port}/tcp`)).split('\n')
    const end = lines.findIndex((line, index) => index > 0 && !line.startsWith('|'))
    expect(lines[0]).toMatch(new RegExp(`^${port}/tcp +open +http +`))
    expect(lines[0]?.endsWith(` ${product}`)).toBe(true)
    expect(lines.slice(0, end).some((line) => line.endsWith(`http-title: ${title}`))).toBe(true)
  })

  it('has nothing to wonder about', () => {
    expect(scan).not.toMatch(/unrecognized|ERROR|fingerprint-strings/)
    expect(scan).toContain('Service Info: OS: Windows; CPE: cpe:/o:microsoft:windows')
  })
})
