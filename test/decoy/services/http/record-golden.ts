/**
 * Records how real servers answer the corpus. By hand, on a Debian machine, from packages that are unpacked and never
 * installed:
 *
 *     apt-get download nginx nginx-common apache2 apache2-bin apache2-data libapr1 libaprutil1 …
 *     for deb in *.deb; do dpkg -x "$deb" ROOT; done
 *     node test/decoy/services/http/record-golden.ts ROOT
 *
 * Servers listen on 127.0.0.1 only, with the settings that Debian ships, and are ended when their answers are in.
 */
import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'

import type {WebServerName} from '../../../../src/decoy/services/http/products/names.ts'
import {BASIC_CORPUS, CORPUS} from './corpus.ts'
import {DOCUMENTS, REALM, SERVER_NAME} from './fixture-site.ts'
import {type Golden, normalise, type Recorded, requestBytes} from './golden.ts'

const PORT = 18_081
const BASIC_PORT = 18_082
/** A server that has answered says nothing more after this. */
const QUIET_MS = 300
const MODULES =
  'mpm_event authz_core access_compat alias auth_basic authn_core authn_file authz_host authz_user autoindex deflate dir env filter mime negotiation reqtimeout setenvif status'
const MODULE_SETTINGS = 'alias autoindex deflate dir negotiation reqtimeout setenvif status'

const root = process.argv[2]
if (root === undefined) throw new Error('usage: record-golden.ts ROOT, the folder the packages were unpacked into')
const environment = {...process.env, LD_LIBRARY_PATH: join(root, 'usr/lib/x86_64-linux-gnu')}
const work = mkdtempSync(join(tmpdir(), 'golden-'))
chmodSync(work, 0o755)

function writeSite(): string {
  const site = join(work, 'www')
  for (const [path, {body, modified}] of DOCUMENTS) {
    const file = join(site, path)
    mkdirSync(dirname(file), {recursive: true})
    writeFileSync(file, body)
    // A double of seconds loses microseconds; touch does not.
    const seconds = Math.floor(modified / 1000)
    const micros = String(Math.round(modified * 1000) % 1_000_000).padStart(6, '0')
    utimesSync(file, seconds, seconds)
    execFileSync('touch', ['-d', `@${seconds}.${micros}`, file])
  }
  return site
}

function nginxConfiguration(site: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${work}/${name};`)
  const server = (port: number, extra: string): string =>
    `server { listen 127.0.0.1:${port} default_server; root ${site}; index index.html index.htm; server_name _;` +
    ` ${extra} location / { try_files $uri $uri/ =404; } }`
  const basic = `auth_basic "${REALM}"; auth_basic_user_file ${work}/passwords;`
  return `daemon off; master_process off; pid ${work}/nginx.pid; error_log ${work}/nginx.log;
events { worker_connections 64; }
http { sendfile on; tcp_nopush on; types_hash_max_size 2048; access_log off; gzip on;
include ${root}/etc/nginx/mime.types; default_type application/octet-stream; ${paths.join(' ')}
${server(PORT, '')} ${server(BASIC_PORT, basic)} }
`
}

function apacheConfiguration(site: string): string {
  const modules = MODULES.split(' ').map(
    (name) => `LoadModule ${name}_module ${root}/usr/lib/apache2/modules/mod_${name}.so`,
  )
  const settings = MODULE_SETTINGS.split(' ').map((name) =>
    execFileSync('cat', [`${root}/etc/apache2/mods-available/${name}.conf`], {encoding: 'utf8'}).replaceAll(
      '/usr/share/apache2',
      `${root}/usr/share/apache2`,
    ),
  )
  const host = (port: number, extra: string): string =>
    `<VirtualHost *:${port}>\nServerAdmin webmaster@localhost\nDocumentRoot ${site}\n${extra}\n</VirtualHost>`
  const basic = `<Location />\nAuthType Basic\nAuthName "${REALM}"\nAuthUserFile ${work}/passwords\nRequire valid-user\n</Location>`
  // The status page is for the machine itself: a remote peer is what the decoy has.
  const remote = settings.map((text) => text.replaceAll('Require local', 'Require ip 192.0.2.1'))
  return `ServerRoot ${root}/etc/apache2
ServerName ${SERVER_NAME}
PidFile ${work}/apache.pid
DefaultRuntimeDir ${work}
Mutex file:${work} default
Timeout 300
User www-data
Group www-data
ErrorLog ${work}/apache.log
${modules.join('\n')}
TypesConfig /etc/mime.types
${remote.join('\n')}
Listen 127.0.0.1:${PORT}
Listen 127.0.0.1:${BASIC_PORT}
<Directory />
Options FollowSymLinks
AllowOverride None
Require all denied
</Directory>
<Directory ${site}>
Options Indexes FollowSymLinks
Require all granted
</Directory>
<FilesMatch "^\\.ht">
Require all denied
</FilesMatch>
ServerTokens OS
ServerSignature On
TraceEnable Off
${host(PORT, '')}
${host(BASIC_PORT, basic)}
`
}

function start(product: WebServerName, site: string): ChildProcess {
  const configuration = join(work, `${product}.conf`)
  writeFileSync(configuration, product === 'nginx' ? nginxConfiguration(site) : apacheConfiguration(site))
  const [program, flags] =
    product === 'nginx'
      ? [join(root ?? '', 'usr/sbin/nginx'), ['-e', `${work}/start.log`, '-c', configuration]]
      : [join(root ?? '', 'usr/sbin/apache2'), ['-f', configuration, '-DFOREGROUND']]
  return spawn(program, flags, {env: environment, stdio: 'inherit'})
}

function ask(port: number, request: Buffer): Promise<Recorded> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    const received: Buffer[] = []
    const done = (closed: boolean): void => {
      clearTimeout(quiet)
      socket.destroy()
      resolve({reply: normalise(Buffer.concat(received).toString('latin1')), closed})
    }
    const quiet = setTimeout(() => done(false), QUIET_MS)
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      quiet.refresh()
    })
    socket.on('end', () => done(true))
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : done(true)))
  })
}

async function ready(port: number): Promise<void> {
  for (const end = Date.now() + 5000; ; ) {
    try {
      await ask(port, Buffer.from('GET / HTTP/1.0\r\n\r\n'))
      return
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}

async function record(product: WebServerName, site: string): Promise<void> {
  const server = start(product, site)
  try {
    await ready(PORT)
    const replies: Record<string, Recorded> = {}
    for (const [port, corpus] of [
      [PORT, CORPUS],
      [BASIC_PORT, BASIC_CORPUS],
    ] as const) {
      for (const [name, entry] of Object.entries(corpus)) replies[name] = await ask(port, requestBytes(entry, product))
    }
    const version = /Server: \w+\/(\S+)/.exec(replies['get index']?.reply ?? '')?.[1] ?? 'unknown'
    const golden: Golden = {product, version, port: PORT, basicPort: BASIC_PORT, replies}
    const file = new URL(`../../../fixtures/http/${product}-${version}.json`, import.meta.url)
    writeFileSync(file, `${JSON.stringify(golden, null, 1)}\n`)
    process.stdout.write(`${file.pathname}: ${Object.keys(replies).length} answers\n`)
  } finally {
    server.kill()
    await new Promise((resolve) => server.once('exit', resolve))
  }
}

const site = writeSite()
writeFileSync(
  join(work, 'passwords'),
  `staff:${execFileSync('openssl', ['passwd', '-apr1', 'Xk2-long-enough'], {encoding: 'utf8'})}`,
)
try {
  await record('nginx', site)
  await record('apache', site)
} finally {
  rmSync(work, {recursive: true, force: true})
}
