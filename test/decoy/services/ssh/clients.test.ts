/** What the real OpenSSH clients and nmap make of it. */
import {createHash} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {lastKept} from '../../../support/kept.ts'
import {eventually, type Served} from '../../../support/serve.ts'
import {run, serveSsh, ssh, transfer} from './ssh-world.ts'

const SLOW = 20_000
let served: Served
let directory: string

beforeAll(async () => {
  served = await serveSsh()
  directory = await mkdtemp(join(tmpdir(), 'ssh-clients-'))
})

afterAll(async () => {
  await served.close()
  await rm(directory, {recursive: true, force: true})
})

describe('ssh', () => {
  it('runs a command and returns its output, errors and exit status', async () => {
    const outcome = await ssh(served.port, 'root:toor', ['uname -n; id; echo oops >&2; exit 3'])
    expect(outcome).toEqual({code: 3, stdout: 'app-07\nuid=0(root) gid=0(root) groups=0(root)\n', stderr: 'oops\n'})
    const command = await eventually(() => served.named('command').find(({data}) => data?.exit === 3))
    expect(command.data).toMatchObject({
      kind: 'exec',
      user: 'root',
      line: {text: 'uname -n; id; echo oops >&2; exit 3'},
    })
  })

  it(
    'is refused with a wrong password, which is recorded',
    async () => {
      const outcome = await ssh(served.port, 'deploy:pässword', ['id'])
      expect(outcome.code).toBe(255)
      expect(outcome.stderr).toContain('Permission denied (publickey,password).')
      const attempt = await eventually(() =>
        served
          .named('auth.attempt')
          .find(({credential}) => credential?.principal === 'deploy' && credential.method === 'password'),
      )
      expect(attempt.credential).toMatchObject({
        outcome: 'failure',
        secret: {text: 'p\\xc3\\xa4ssword', base64: Buffer.from('pässword').toString('base64'), truncated: false},
      })
    },
    SLOW,
  )

  it('feeds what comes on standard input to the command', async () => {
    const outcome = await ssh(served.port, 'root:toor', ['cat > /tmp/in && md5sum < /tmp/in'], [], 'payload')
    expect(outcome.stdout).toBe(`${createHash('md5').update('payload').digest('hex')}  -\n`)
  })

  it('finds in a second session what the first one wrote', async () => {
    await ssh(served.port, 'root:toor', ['echo marker > /var/tmp/.seen'])
    expect((await ssh(served.port, 'root:toor', ['cat /var/tmp/.seen'])).stdout).toBe('marker\n')
  })

  it('has a terminal with prompt, echo and logout', async () => {
    const outcome = await ssh(served.port, 'root:toor', [], ['-tt'], 'cd /etc\rpwd\rexit\r')
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toContain(
      'root@app-07:~# cd /etc\r\nroot@app-07:/etc# pwd\r\n/etc\r\nroot@app-07:/etc# exit\r\nlogout\r\n',
    )
  })

  it('reads a script without a terminal: no prompt, no echo', async () => {
    expect(await ssh(served.port, 'root:toor', [], ['-T'], 'whoami\nexit 4\n')).toEqual({
      code: 4,
      stdout: 'root\n',
      stderr: '',
    })
  })

  it.each([
    'sntrup761x25519-sha512',
    'sntrup761x25519-sha512@openssh.com',
    'curve25519-sha256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
  ])('exchanges keys by %s', async (name) => {
    const outcome = await ssh(served.port, 'root:toor', ['echo ok'], ['-o', `KexAlgorithms=${name}`])
    expect(outcome.stdout).toBe('ok\n')
  })

  it.each(['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'])(
    'proves itself with %s',
    async (name) => {
      const outcome = await ssh(served.port, 'root:toor', ['echo ok'], ['-o', `HostKeyAlgorithms=${name}`])
      expect(outcome.stdout).toBe('ok\n')
    },
  )

  it('tells its other keys after the login and proves that it holds them', async () => {
    const known = join(directory, 'known_hosts')
    const options = ['-o', `UserKnownHostsFile=${known}`, '-o', 'UpdateHostKeys=yes']
    // A client trusts an update only from a host that it already knows.
    await ssh(served.port, 'root:toor', ['true'], options)
    const outcome = await ssh(served.port, 'root:toor', ['sleep 0.3'], options)
    expect(outcome).toEqual({code: 0, stdout: '', stderr: ''})
    const types = (await readFile(known, 'latin1'))
      .split('\n')
      .map((line) => line.split(' ')[1])
      .filter(Boolean)
    expect(types.sort()).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519', 'ssh-rsa'])
  })

  it('exchanges keys again, and compresses', async () => {
    const size = (await ssh(served.port, 'root:toor', ['wc -c < /usr/bin/ls'])).stdout.trim()
    const again = await ssh(served.port, 'root:toor', ['cat /usr/bin/ls'], ['-o', 'RekeyLimit=16k'])
    expect(again.stdout).toHaveLength(Number(size))
    expect((await ssh(served.port, 'root:toor', ['echo ok'], ['-C'])).stdout).toBe('ok\n')
  })

  it('records a tunnel and refuses it as a closed port', async () => {
    const outcome = await ssh(served.port, 'root:toor', [], ['-o', 'LogLevel=INFO', '-W', '169.254.169.254:80'])
    expect(outcome.stderr).toContain('open failed: connect failed: Connection refused')
    const tunnel = await eventually(() => served.named('request').find(({data}) => data?.action === 'forward'))
    expect(tunnel.data).toMatchObject({host: '169.254.169.254', port: 80})
  })

  it('records and refuses a remote forward', async () => {
    await ssh(served.port, 'root:toor', ['true'], ['-R', '8081:10.0.0.1:80'])
    await eventually(() => served.named('request').find(({data}) => data?.action === 'tcpip-forward'))
  })

  it('says who the client is before it logs in', async () => {
    await ssh(served.port, 'root:toor', ['true'])
    const introduced = await eventually(() =>
      served.named('request').find(({data}) => data?.action === 'identification'),
    )
    expect(introduced.data).toMatchObject({
      clientVersion: expect.stringMatching(/^SSH-2\.0-OpenSSH_/),
      hassh: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })
})

describe('an offered key', () => {
  it('is recorded by its fingerprint and never accepted', async () => {
    const key = join(directory, 'id')
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
    const fingerprint = (await run('ssh-keygen', ['-lf', `${key}.pub`])).stdout.split(' ')[1]
    await run('ssh', [
      '-F',
      'none',
      '-i',
      key,
      '-o',
      'BatchMode=yes',
      '-o',
      'StrictHostKeyChecking=no',
      '-o',
      'UserKnownHostsFile=/dev/null',
      '-p',
      String(served.port),
      'root@127.0.0.1',
      'id',
    ])
    const attempt = await eventually(() =>
      served.named('auth.attempt').find(({credential}) => credential?.method === 'publickey'),
    )
    expect(attempt.credential).toMatchObject({principal: 'root', fingerprint, outcome: 'failure'})
  })
})

describe('scp and sftp', () => {
  const content = Buffer.from(Array.from({length: 200_000}, (_, index) => (index * 7919) & 0xff))
  const sha256 = createHash('sha256').update(content).digest('hex')

  it.each([['-O'], ['-s']])('scp %s carries a file up and down', async (protocol) => {
    const [up, down] = [join(directory, 'up.bin'), join(directory, `down${protocol}.bin`)]
    await writeFile(up, content)
    const remote = `/tmp/drop${protocol}.bin`
    expect(await transfer('scp', served.port, 'toor', [protocol, up, `root@127.0.0.1:${remote}`])).toMatchObject({
      code: 0,
    })
    const written = await eventually(() => served.named('file.write').find(({data}) => data?.path === remote))
    expect(written.data).toMatchObject({sha256, size: content.length})
    expect(lastKept(served.events).content).toEqual(content.subarray(0, DEFAULT_LIMITS.capture))
    expect(await transfer('scp', served.port, 'toor', [protocol, `root@127.0.0.1:${remote}`, down])).toMatchObject({
      code: 0,
    })
    expect((await readFile(down)).equals(content)).toBe(true)
    await eventually(() => served.named('file.read').find(({data}) => data?.path === remote))
  })

  it('scp -O -r carries a directory', async () => {
    const target = join(directory, 'scripts')
    expect(
      await transfer('scp', served.port, 'toor', ['-O', '-r', 'root@127.0.0.1:/opt/scripts', target]),
    ).toMatchObject({code: 0})
    expect(await readFile(join(target, 'backup.sh'), 'latin1')).toContain('mysqldump')
  })

  it('scp tells of a missing file', async () => {
    const outcome = await transfer('scp', served.port, 'toor', ['-O', 'root@127.0.0.1:/none', directory])
    expect(outcome.code).toBe(1)
    expect(outcome.stderr).toContain('/none: No such file or directory')
  })

  it('sftp walks and changes the file system', async () => {
    const batch = [
      'pwd',
      'cd /tmp',
      'mkdir work',
      'cd work',
      'put /etc/hostname a',
      'rename a b',
      'chmod 600 b',
      'ln -s b c',
      'ls -l',
      'rm c',
      'rm b',
      'cd ..',
      'rmdir work',
      'ls /none',
      'df',
    ].join('\n')
    const outcome = await transfer('sftp', served.port, 'toor', ['root@127.0.0.1'], `${batch}\n`)
    expect(outcome.stdout).toContain('Remote working directory: /root')
    expect(outcome.stdout).toMatch(/-rw------- .* b\n/)
    expect(outcome.stdout).toMatch(/lrwxrwxrwx .* c\n/)
    expect(outcome.stderr.replaceAll('\r', '')).toBe(`Connected to 127.0.0.1.\nCan't ls: "/none" not found\n`)
  })
})

describe('scanners', () => {
  it(
    'ssh-keyscan gets the three keys of this decky, the same after a restart',
    async () => {
      const keys = async (port: number): Promise<string[]> =>
        (await run('ssh-keyscan', ['-p', String(port), '127.0.0.1'])).stdout
          .split('\n')
          .filter((line) => line.startsWith('['))
          .map((line) => line.replace(/^\S+ /, ''))
          .sort()
      const again = await serveSsh()
      const other = await serveSsh(undefined, {seed: '99'.repeat(32)})
      const found = await keys(served.port)
      expect(found.map((key) => key.split(' ')[0])).toEqual(['ecdsa-sha2-nistp256', 'ssh-ed25519', 'ssh-rsa'])
      expect(await keys(again.port)).toEqual(found)
      expect((await keys(other.port)).filter((key) => found.includes(key))).toEqual([])
      await Promise.all([again.close(), other.close()])
    },
    SLOW,
  )

  it(
    'nmap names the product, the version and the keys',
    async () => {
      const {stdout} = await run('nmap', [
        '-Pn',
        '-sV',
        '--script',
        'ssh2-enum-algos,ssh-hostkey',
        '-p',
        String(served.port),
        '127.0.0.1',
      ])
      expect(stdout).toContain('OpenSSH 9.2p1 Debian 2+deb12u7 (protocol 2.0)')
      expect(stdout).toContain('sntrup761x25519-sha512@openssh.com')
      expect(stdout).toContain('(ECDSA)')
      expect(stdout).toContain('(ED25519)')
    },
    SLOW,
  )
})
