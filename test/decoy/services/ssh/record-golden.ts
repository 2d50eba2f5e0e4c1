/**
 * Records how a real sshd answers the corpus. By hand, as root on Debian 12, from packages that are unpacked and never
 * installed:
 *
 *     apt-get download openssh-server openssh-sftp-server libwrap0
 *     for deb in *.deb; do dpkg -x "$deb" ROOT; done
 *     node test/decoy/services/ssh/record-golden.ts ROOT
 *
 * The server runs with the settings that Debian ships, PAM included, on 127.0.0.1. Its user, its PAM service and its
 * keys exist only in a mount namespace of its own, and go with it.
 */
import {type ChildProcess, spawn} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

import {DIALOGUES, RAW} from './corpus.ts'
import {converse, delayOf, encodeGolden, type Golden, PASSWORD, probe, type Recorded, USER} from './golden.ts'

const PORT = 18_022
const QUIET_MS = 500
/** Longer than PAM and sshd make a wrong password wait. */
const SLOW_QUIET_MS = 6000
/** Conversations at a time; sshd begins to drop openings at ten. */
const PARALLEL = 4
const FAILURES = 4
const USERS = [USER, 'root', 'admin', 'nobody-here']

const argument = process.argv[2]
if (argument === undefined) throw new Error('usage: record-golden.ts ROOT, the folder the packages were unpacked into')
const root = resolve(argument)
const work = mkdtempSync(join(tmpdir(), 'golden-'))
chmodSync(work, 0o755)

const CONFIGURATION = `Port ${PORT}
ListenAddress 127.0.0.1
HostKey ${work}/key_rsa
HostKey ${work}/key_ecdsa
HostKey ${work}/key_ed25519
PidFile none
KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp ${root}/usr/lib/openssh/sftp-server
`

const SET_UP = `set -e
cd ${work}
mount --make-rprivate /
cp /etc/passwd /etc/shadow /etc/group .
echo 'sshd:x:60999:65534::/run/sshd:/usr/sbin/nologin' >> passwd
echo '${USER}:x:60001:60001::/home/${USER}:/bin/bash' >> passwd
echo '${USER}:x:60001:' >> group
echo "${USER}:$(openssl passwd -6 '${PASSWORD}'):19700:0:99999:7:::" >> shadow
cp -r /etc/pam.d pam.d
cp ${root}/etc/pam.d/sshd pam.d/
mkdir ssh
cp ${root}/etc/ssh/moduli ssh/
for file in passwd shadow group pam.d ssh; do mount --bind $file /etc/$file; done
mount -t tmpfs tmpfs /home
mount -t tmpfs tmpfs /run
mkdir -p /home/${USER} /run/sshd
chown 60001:60001 /home/${USER}
for type in rsa ecdsa ed25519; do ssh-keygen -q -t $type -N '' -f key_$type; done
ulimit -n 1024
LD_LIBRARY_PATH=${root}/usr/lib/x86_64-linux-gnu exec ${root}/usr/sbin/sshd -D -e -f sshd_config
`

function start(): ChildProcess {
  mkdirSync('/etc/ssh', {recursive: true})
  writeFileSync(join(work, 'sshd_config'), CONFIGURATION)
  return spawn('unshare', ['--mount', 'sh', '-c', SET_UP], {stdio: ['ignore', 'ignore', 'pipe']})
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let said = ''
    server.stderr?.on('data', (bytes: Buffer) => {
      said = `${said}${bytes.toString()}`.slice(-2000)
      if (said.includes('Server listening')) done()
    })
    server.once('exit', () => fail(new Error(said)))
  })
}

/** Runs `record` for every entry, a few at a time, and keeps the order. */
async function recordAll<T, R>(
  entries: Readonly<Record<string, T>>,
  record: (entry: T, name: string) => Promise<R>,
): Promise<Record<string, R>> {
  const recorded = new Map<string, R>()
  const waiting = Object.entries(entries)
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      recorded.set(next[0], await record(next[1], next[0]))
    }
  }
  await Promise.all(Array.from({length: PARALLEL}, work))
  return Object.fromEntries(
    Object.keys(entries).flatMap((name) => {
      const found = recorded.get(name)
      return found === undefined ? [] : [[name, found]]
    }),
  )
}

async function delays(user: string): Promise<number[]> {
  const measured: number[] = []
  for (let failure = 0; failure < FAILURES; failure++) measured.push(await delayOf(PORT, user))
  return measured
}

async function recordGolden(): Promise<Golden> {
  const raw = await recordAll(RAW, (bytes) => probe(PORT, bytes, {quietMs: QUIET_MS}))
  const dialogues: Record<string, readonly Recorded[]> = await recordAll(DIALOGUES, (dialogue, name) =>
    converse(PORT, dialogue, name.includes('password') ? SLOW_QUIET_MS : QUIET_MS),
  )
  const identification = Object.values(raw)[0]?.replies[0] ?? ''
  const byUser = await recordAll(Object.fromEntries(USERS.map((user) => [user, user])), delays)
  return {identification, delays: byUser, raw, dialogues}
}

const server = start()
try {
  await listening(server)
  const golden = await recordGolden()
  const release = /OpenSSH_(\S+)/.exec(golden.identification)?.[1] ?? 'unknown'
  const file = new URL(`../../../fixtures/ssh/openssh-${release}.json`, import.meta.url)
  mkdirSync(new URL('.', file), {recursive: true})
  writeFileSync(file, encodeGolden(golden))
  process.stdout.write(`${file.pathname}: ${Object.keys({...golden.raw, ...golden.dialogues}).length} conversations\n`)
} finally {
  server.kill()
  rmSync(work, {recursive: true, force: true})
}
process.exit(0)
