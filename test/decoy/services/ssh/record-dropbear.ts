/**
 * Records how a real Dropbear answers. By hand, on Debian 12, from packages that are unpacked and never installed:
 *
 *     apt-get download dropbear-bin libtomcrypt1 libtommath1
 *     for deb in *.deb; do dpkg -x "$deb" ROOT; done
 *     node test/decoy/services/ssh/record-dropbear.ts ROOT
 */
import {execFileSync, spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'

import {DROPBEAR_DIALOGUES, DROPBEAR_RAW, withoutPadding} from './dropbear-corpus.ts'
import {converse, delayOf, encodeGolden, probe, type Recorded, USER} from './golden.ts'

const PORT = 18_122
const QUIET_MS = 800
const FAILURES = 6

const argument = process.argv[2]
if (argument === undefined)
  throw new Error('usage: record-dropbear.ts ROOT, the folder the packages were unpacked into')
const root = resolve(argument)
const work = mkdtempSync(join(tmpdir(), 'dropbear-'))
const env = {LD_LIBRARY_PATH: `${root}/usr/lib/x86_64-linux-gnu`}
const keys = ['rsa', 'ecdsa', 'ed25519'].flatMap((type) => {
  const file = join(work, type)
  execFileSync(`${root}/usr/bin/dropbearkey`, ['-t', type, '-f', file], {env, stdio: 'ignore'})
  return ['-r', file]
})
const listen = ['-F', '-E', '-p', `127.0.0.1:${PORT}`, '-P', join(work, 'pid')]
const server = spawn(`${root}/usr/sbin/dropbear`, [...listen, ...keys], {env, stdio: 'ignore'})
try {
  await new Promise((done) => setTimeout(done, 1000))
  const raw: Record<string, Recorded> = {}
  for (const [name, bytes] of Object.entries(DROPBEAR_RAW)) {
    raw[name] = withoutPadding(await probe(PORT, bytes, {quietMs: QUIET_MS}))
  }
  const dialogues: Record<string, readonly Recorded[]> = {}
  for (const [name, dialogue] of Object.entries(DROPBEAR_DIALOGUES)) {
    dialogues[name] = await converse(PORT, dialogue, QUIET_MS)
  }
  const measured: number[] = []
  for (let failure = 0; failure < FAILURES; failure++) measured.push(await delayOf(PORT, USER))
  const identification = raw.nothing?.replies[0] ?? ''
  const file = new URL('../../../fixtures/ssh/dropbear-2022.83.json', import.meta.url)
  writeFileSync(file, encodeGolden({identification, delays: {[USER]: measured}, raw, dialogues}))
  process.stdout.write(`${file.pathname}\n`)
} finally {
  server.kill()
  rmSync(work, {recursive: true, force: true})
}
process.exit(0)
