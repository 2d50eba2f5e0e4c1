import {describe, expect, it} from 'vitest'

import {problems, refusal, specOf, warnings} from './reading.ts'

const decky = (...lines: string[]) => `[d]\n${lines.join('\n')}\n`

describe('a decky', () => {
  it.each([
    ['ip=', 'empty-value 2:1'],
    ['ip=10.0.0.5 = x', 'bad-address 2:4'],
    ['ip=10.0.0.300', 'bad-address 2:4'],
    ['ip=10.0.0', 'bad-address 2:4'],
    ['ip=1.2.3.4.5', 'bad-address 2:4'],
    ['ip= 1.2.3.4 x', 'bad-address 2:5'],
    ['ip=1.2.3.4/24', 'bad-address 2:4'],
    ['ip=010.0.0.1', 'bad-address 2:4'],
    ['ip=::1', 'bad-address 2:4'],
    ['ip=255.255.255.255', 'unusable-address 2:4'],
    ['ip=0.0.0.0', 'unusable-address 2:4'],
    ['amount=0', 'bad-amount 2:8'],
    ['amount=-1', 'bad-amount 2:8'],
    ['amount=2.0', 'bad-amount 2:8'],
    ['amount=1e3', 'bad-amount 2:8'],
    ['amount=٣', 'bad-amount 2:8'],
    ['amount=0x10', 'bad-amount 2:8'],
    ['amount=', 'empty-value 2:1'],
    ['amount=three', 'bad-amount 2:8'],
    ['amount=101', 'amount-too-large 2:8'],
    ['services=', 'empty-value 2:1'],
    ['services=ssh,', 'empty-item 2:14'],
    ['services=ssh,,http', 'empty-item 2:14'],
    ['services=,', 'empty-item 2:10', 'empty-item 2:11'],
    ['services=sshd', 'unknown-service 2:10'],
    ['services=ssh, htpp, tenlet', 'unknown-service 2:15', 'unknown-service 2:21'],
    ['services=ssh http', 'unknown-service 2:10'],
    ['services=__proto__', 'unknown-service 2:10'],
    ['services=constructor', 'unknown-service 2:10'],
    [`services=${Array.from({length: 200}, () => 'ssh').join()}`, 'too-many-items 2:10'],
    ['services=http,https', 'port-clash 2:15'],
    ['archetype=window-server', 'unknown-archetype 2:11'],
    ['archetype=__proto__', 'unknown-archetype 2:11'],
    ['os=beos', 'unknown-os 2:4'],
    ['nmap_os=toString', 'unknown-os 2:9'],
    ['distro=debain', 'unknown-distro 2:8'],
    ['hostname=-x', 'bad-hostname 2:10'],
    ['hostname=FS_01', 'bad-hostname 2:10'],
    ['hostname=10.0.0.1', 'bad-hostname 2:10'],
    [`hostname=${'a'.repeat(64)}`, 'bad-hostname 2:10'],
    [`hostname=${'a'.repeat(32)}.${'b'.repeat(32)}`, 'bad-hostname 2:10'],
    ['mac=00:50:56:12:34', 'bad-mac 2:5'],
    ['mac=00:50-56:12:34:56', 'bad-mac 2:5'],
    ['mac=0050.5612.3456', 'bad-mac 2:5'],
    ['mac=01:50:56:12:34:56', 'bad-mac 2:5'],
    ['mac=ff:ff:ff:ff:ff:ff', 'bad-mac 2:5'],
    ['mac=00:00:00:00:00:00', 'bad-mac 2:5'],
    ['mutate_interval=0', 'bad-interval 2:17'],
    ['host=../x', 'bad-name 2:8'],
    ['srevices=ssh', 'unknown-key 2:1'],
    ['net=10.0.0.0/24', 'unknown-key 2:1'],
    ['__proto__=1', 'unknown-key 2:1'],
    ['toString=1', 'unknown-key 2:1'],
  ])('%s', (line, ...expected) => {
    expect(problems(decky(line))).toEqual(expected)
  })

  it.each([
    ['an amount and an ip', ['amount=2', 'ip=10.0.0.1'], 'amount-conflict 3:1'],
    ['an amount and a host name', ['hostname=x', 'amount=2'], 'amount-conflict 2:1'],
    ['an amount and a MAC', ['amount=2', 'mac=00:50:56:00:00:01'], 'amount-conflict 3:1'],
    ['os beside its alias', ['os=linux', 'nmap_os=linux'], 'duplicate-key 3:1'],
    ['both aliases of os', ['nmap-os=linux', 'nmap_os=linux'], 'duplicate-key 3:1'],
    ['a distro of another os', ['os=linux', 'distro=windows2022'], 'os-contradicts-distro 3:8'],
  ])('%s', (_, lines, ...expected) => {
    expect(problems(decky(...lines))).toEqual(expected)
  })

  it.each([
    ['outside', '10.0.1.5', 'ip-outside-net 5:4'],
    ['network', '10.0.0.0', 'ip-outside-net 5:4'],
    ['broadcast', '10.0.0.255', 'ip-outside-net 5:4'],
    ['gateway', '10.0.0.1', 'ip-is-gateway 5:4'],
    ['loopback', '127.0.0.1', 'ip-outside-net 5:4'],
  ])('ip against net: %s', (_, ip, expected) => {
    expect(problems(`[general]\nnet=10.0.0.0/24\ngw=10.0.0.1\n[d]\nip=${ip}`)).toEqual([expected])
  })

  it('ip against gw and exclude, without net', () => {
    const text =
      '[general]\ngw=10.0.0.1\nexclude=10.0.0.7-10.0.0.9\n[a]\nip=10.0.0.1\n[b]\nip=10.0.0.8\n[c]\nip=10.0.0.10'
    expect(problems(text)).toEqual(['ip-is-gateway 5:4', 'ip-excluded 7:4'])
  })

  it('says which lines share an address or a MAC', () => {
    const error = refusal('[a]\nip=10.0.0.1\nmac=00-50-56-AA-00-01\n[b]\nip=10.0.0.1\nmac=00:50:56:aa:00:01')
    expect(error.diagnostics.map(({summary}) => summary)).toEqual([
      'two deckies have the IP 10.0.0.1: lines 2 and 5',
      'two deckies have the MAC 00:50:56:aa:00:01: lines 3 and 6',
    ])
  })

  it('is decoded', () => {
    const lines = ['ip: 10.0.0.5', 'Services = SSH, smb', 'archetype=linux-server', 'amount=1', 'NMAP_OS=Win']
    const more = ['hostname=FS01', 'mac=00-50-56-AA-BB-CC', 'mutate-interval=off', 'host=edge-1']
    const place = {file: 'fleet.ini', line: 1, column: 2, snippet: '[d]'}
    expect(specOf(decky(...lines, ...more)).deckies).toEqual([
      {
        name: 'd',
        place,
        ip: '10.0.0.5',
        ipPlace: {...place, line: 2, column: 5, snippet: 'ip: 10.0.0.5'},
        services: ['ssh', 'smb'],
        archetype: 'linux-server',
        os: 'windows',
        hostname: 'FS01',
        mac: '00:50:56:aa:bb:cc',
        mutateInterval: null,
        host: 'edge-1',
        options: {},
        customServices: [],
      },
    ])
    expect(specOf(decky('os=windows-server', 'distro=windows2022')).deckies).toMatchObject([
      {os: 'windows_server', distro: 'windows2022'},
    ])
  })

  it('may name nothing at all', () => {
    const [found] = specOf('[d]').deckies
    expect(found).not.toHaveProperty('services')
    expect(found).not.toHaveProperty('archetype')
  })

  it('expands to amount deckies', () => {
    const names = (amount: number) => specOf(`[d]\namount=${amount}`).deckies.map(({name}) => name)
    expect(names(1)).toEqual(['d'])
    expect(names(3)).toEqual(['d-01', 'd-02', 'd-03'])
    expect(names(100).slice(98)).toEqual(['d-99', 'd-100'])
  })

  it('keeps the file order of deckies', () => {
    expect(specOf('[z]\n[g]\namount=2\n[a]').deckies.map(({name}) => name)).toEqual(['z', 'g-01', 'g-02', 'a'])
  })

  it.each([
    ['a service twice', '[d]\nservices=ssh,SSH', 'duplicate-item 2:14'],
    ['a host name twice', '[a]\nhostname=x\n[b]\nhostname=X', 'duplicate-hostname 4:10'],
    ['a padded header', '[ d ]', 'padded-header 1:3'],
    ['an exclusion outside', '[general]\nnet=10.0.0.0/24\nexclude=10.0.1.1\n[d]', 'exclude-outside-net 3:9'],
    ['an unused custom service', '[custom-x]\nbinary=a\n[d]', 'unused-custom-service 1:2'],
    ['a port twice', '[custom-x]\nbinary=a\nports=22,22/tcp\n[d]\nservices=x', 'duplicate-item 3:10'],
  ])('is accepted with a warning: %s', (_, text, expected) => {
    expect(warnings(text)).toEqual([expected])
  })

  it.each([
    ['services=sshd', 'did you mean "ssh"?'],
    ['services=ssh http', 'separate services with commas'],
    ['services=telnet', 'choose from: ssh, http, https, redis, smb'],
    ['archetype=window-server', 'did you mean "windows-server"?'],
    ['srevices=ssh', 'did you mean "services"?'],
    ['count=3', 'did you mean "amount"?'],
    ['net=10.0.0.0/24', 'net belongs in [general]'],
    ['os=windos', 'did you mean "windows"?'],
  ])('%s: hint', (line, hint) => {
    expect(refusal(decky(line)).diagnostics[0]?.hint).toBe(hint)
  })

  it('is told where an option belongs', () => {
    const [problem] = refusal(decky('services=http,ssh', 'banner=x')).diagnostics
    expect(problem?.hint).toBe('it is an option of ssh: put it in [d.ssh]')
  })
})
