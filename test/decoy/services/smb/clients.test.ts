/** What smbclient, rpcclient and nmap make of it; skipped where they are missing. */
import {execFile} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findCommand} from '../../../lab/debian.ts'
import {eventually, type Served, serve} from '../../../support/serve.ts'
import {CONTROLLER, PASSWORD, smbService, WINDOWS} from './client.ts'

const HAVE_SAMBA = findCommand('smbclient') !== undefined && findCommand('rpcclient') !== undefined
const HAVE_NMAP = findCommand('nmap') !== undefined
if (!HAVE_SAMBA) console.warn('SKIPPED: smbclient and rpcclient are not installed')
if (!HAVE_NMAP) console.warn('SKIPPED: nmap is not installed')
const USER = `backup%${PASSWORD}`
const SLOW = 30_000

let samba: Served
let windows: Served
let controller: Served
let directory: string

beforeAll(async () => {
  samba = await serve(await smbService(), {port: 445, service: 'smb'})
  windows = await serve(await smbService(WINDOWS), {port: 445, service: 'smb'})
  controller = await serve(await smbService(CONTROLLER), {port: 445, service: 'smb'})
  directory = await mkdtemp(join(tmpdir(), 'smb-clients-'))
})

afterAll(async () => {
  for (const served of [samba, windows, controller]) await served.close()
  await rm(directory, {recursive: true, force: true})
})

function run(command: string, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, {timeout: SLOW, cwd: directory}, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}

const smbclient = ({port}: Served, ...args: readonly string[]): Promise<string> =>
  run('smbclient', '-p', String(port), ...args)

describe.skipIf(!HAVE_SAMBA)('smbclient', () => {
  it('lists the shares of Samba without a name, and is refused by Windows', async () => {
    expect(await smbclient(samba, '-N', '-L', '//127.0.0.1')).toMatch(/IT +Disk[\s\S]*IPC\$ +IPC +IPC Service/)
    expect(await smbclient(windows, '-N', '-L', '//127.0.0.1')).toContain('NT_STATUS_ACCESS_DENIED')
    expect(await smbclient(controller, '-N', '-L', '//127.0.0.1')).toContain('Anonymous login successful')
  })

  it.each(['SMB2_02', 'SMB2_10', 'SMB3_00', 'SMB3_02', 'SMB3_11'])(
    'reads, writes and is refused in %s',
    async (dialect) => {
      const name = `up-${dialect}.txt`
      const content = `brought in ${dialect}\n`.repeat(5000)
      await writeFile(join(directory, name), content)
      const commands = `ls; cd Scripts; get map-drives.cmd; put ${name}; get ${name} back; del map-drives.cmd; mkdir x`
      const said = await smbclient(samba, '-m', dialect, '-U', USER, '//127.0.0.1/IT', '-c', commands)
      expect(said).toMatch(/Accounts and passwords\.txt +A +\d+/)
      expect(said).toContain('NT_STATUS_ACCESS_DENIED deleting remote file \\Scripts\\map-drives.cmd')
      expect(said).toContain('NT_STATUS_ACCESS_DENIED making remote directory')
      expect(await readFile(join(directory, 'map-drives.cmd'), 'utf8')).toMatch(/^@echo off/)
      expect(await readFile(join(directory, 'back'), 'utf8')).toBe(content)
      await eventually(() => samba.named('file.write').some(({data}) => String(data?.path).endsWith(name)))
    },
  )

  it('signs where a controller wants it, and encrypts where it wants to itself', async () => {
    expect(await smbclient(controller, '-U', `corp/${USER}`, '//127.0.0.1/SYSVOL', '-c', 'ls')).toContain(
      'corp.example',
    )
    for (const dialect of ['SMB3_00', 'SMB3_11']) {
      const encrypted = ['-m', dialect, '--client-protection=encrypt', '-U', USER, '//127.0.0.1/IT', '-c', 'ls']
      expect(await smbclient(samba, ...encrypted)).toContain('Accounts and passwords.txt')
    }
  })

  it('fails with a wrong password, and with SMB1', async () => {
    expect(await smbclient(windows, '-U', 'backup%wrong', '-L', '//127.0.0.1')).toContain('NT_STATUS_LOGON_FAILURE')
    const old = ['--option=client min protocol=NT1', '-m', 'NT1', '-N', '-L', '//127.0.0.1']
    expect(await smbclient(windows, ...old)).toContain('protocol negotiation failed: NT_STATUS_CONNECTION_RESET')
    expect(await smbclient(samba, ...old)).toContain('No compatible protocol selected by server')
  })
})

describe.skipIf(!HAVE_SAMBA)('rpcclient', () => {
  const ask = ({port}: Served, login: readonly string[], command: string): Promise<string> =>
    run('rpcclient', '-p', String(port), ...login, '127.0.0.1', '-c', command)
  const NOBODY = ['-N', '-U', '']

  it('is told of Samba what smbd tells', async () => {
    expect(await ask(samba, NOBODY, 'srvinfo')).toMatch(
      /FS01 +Wk Sv PrQ Unx NT SNT FS01 server \(Samba 4\.17\.12-Debian\)/,
    )
    expect(await ask(samba, NOBODY, 'netshareenumall')).toMatch(/netname: IT\s+remark:/)
    expect(await ask(samba, NOBODY, 'netsharegetinfo IT')).toMatch(/path:\tC:\\srv\\samba\\it/)
    expect(await ask(samba, NOBODY, 'lsaquery')).toMatch(/Domain Name: WORKGROUP\nDomain Sid: \(NULL SID\)/)
    expect(await ask(samba, NOBODY, 'enumdomains')).toMatch(/name:\[FS01\][\s\S]*name:\[Builtin\]/)
    expect(await ask(samba, NOBODY, 'lookupnames root')).toContain('NT_STATUS_ACCESS_DENIED')
  })

  it('is told of Windows what it may know', async () => {
    expect(await ask(windows, ['-U', USER], 'srvinfo')).toMatch(/FS01 +Wk Sv NT SNT/)
    expect(await ask(windows, ['-U', USER], 'netshareenum')).toContain('WERR_ACCESS_DENIED')
    expect(await ask(windows, ['-U', USER], 'lsaquery')).toMatch(/Domain Name: CORP\nDomain Sid: S-1-5-21-/)
    expect(await ask(windows, NOBODY, 'lsaquery')).toContain('NT_STATUS_ACCESS_DENIED')
    expect(await ask(controller, NOBODY, 'lsaquery')).toMatch(/Domain Name: CORP\nDomain Sid: S-1-5-21-/)
    expect(await ask(controller, NOBODY, 'enumdomusers')).toContain('NT_STATUS_ACCESS_DENIED')
  })
})

describe.skipIf(!HAVE_NMAP)('nmap', () => {
  const scan = ({port}: Served): Promise<string> => {
    const scripts = ['--script', 'smb2-time,smb2-security-mode', '--script-args', `smbport=${port}`]
    return run('nmap', '-Pn', '-sV', '-p', String(port), ...scripts, '127.0.0.1')
  }

  it('names Samba as it names the real one, and when it is', {timeout: 60_000}, async () => {
    const said = await scan(samba)
    expect(said).toMatch(/open +netbios-ssn +Samba smbd 4\.6\.2/)
    expect(said).toMatch(/Message signing enabled but not required/)
    expect(said).toMatch(new RegExp(`date: ${new Date().toISOString().slice(0, 10)}`))
  })

  it('sees that a controller wants signatures', {timeout: 60_000}, async () => {
    expect(await scan(controller)).toMatch(/Message signing enabled and required/)
  })
})
