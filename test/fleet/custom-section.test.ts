import {describe, expect, it} from 'vitest'

import {problems, read, refusal, specOf} from './reading.ts'

const custom = (...lines: string[]) => `[custom-x]\n${lines.join('\n')}\n[d]\nservices=x\n`

describe('custom services', () => {
  it.each([
    ['no image', custom('ports=1'), 'missing-binary 1:2'],
    ['an empty image', custom('binary='), 'empty-value 2:1'],
    ['an upper-case image', custom('binary=Alpine:latest'), 'bad-image 2:8'],
    ['an image with a blank', custom('binary=a b'), 'bad-image 2:8'],
    ['an image like a flag', custom('binary=--privileged'), 'bad-image 2:8'],
    ['an image like a command', custom('binary=$(id)'), 'bad-image 2:8'],
    ['a short digest', custom('binary=img@sha256:short'), 'bad-image 2:8'],
    ['an image that ends in a colon', custom('binary=img:'), 'bad-image 2:8'],
    ['an image that ends in a slash', custom('binary=img/'), 'bad-image 2:8'],
    [
      'bad ports',
      custom('binary=a', 'ports=0, 70000,-1,22a,22-20,1/sctp'),
      ...[7, 10, 16, 19, 23, 29].map((at) => `bad-port 3:${at}`),
    ],
    ['two images', custom('binary=a', 'build=b'), 'bad-build 3:1'],
    ['an empty build', custom('build='), 'empty-value 2:1'],
    ['a health that is no port', custom('binary=a', 'health=70000'), 'bad-port 3:8'],
    ['a health of a strange protocol', custom('binary=a', 'health=502/sctp'), 'bad-port 3:8'],
    ['a health with an open quote', custom('binary=a', 'health=sh -c "x'), 'open-quote 3:14'],
    ['empty ports', custom('binary=a', 'ports='), 'empty-value 3:1'],
    ['an open quote', custom('binary=a', 'exec=sh -c "a; b'), 'open-quote 3:12'],
    ['an open quote behind quoted words', custom('binary=a', 'exec="a" b" "c"'), 'open-quote 3:15'],
    ['a quote that a comment cuts', custom('binary=a', 'exec=sh -c "a ; b"'), 'open-quote 3:12'],
    ['an unknown key', custom('binary=a', 'image=b'), 'unknown-key 3:1'],
    ['a built-in name', '[custom-ssh]\nbinary=a\n[d]\nservices=ssh', 'shadowed-service 1:2'],
    ['a built-in name in another case', '[custom-SSH]\nbinary=a\n[d]', 'shadowed-service 1:2'],
    ['no name', '[custom-]\nbinary=a\n[d]', 'bad-name 1:2'],
    ['a name with a dot', '[custom-a.b]\nbinary=a\n[d]', 'bad-name 1:9'],
    ['one name in two cases', '[custom-x]\nbinary=a\n[custom-X]\nbinary=a\n[d]\nservices=x', 'duplicate-section 3:2'],
    ['a port of a built-in service', '[custom-x]\nbinary=a\nports=22\n[d]\nservices=ssh,x', 'port-clash 5:14'],
    [
      'options that are no names',
      `${custom('binary=a')}[d.x]\n__proto__=1\n1a=2`,
      'bad-option-name 6:1',
      'bad-option-name 7:1',
    ],
    [
      'options of one that the decky lacks',
      '[custom-x]\nbinary=a\n[d]\nservices=x\n[e]\n[e.x]',
      'service-not-offered 6:2',
    ],
    [
      'the section name as a service',
      '[custom-x]\nbinary=a\n[d]\nservices=x\n[e]\nservices=custom-x',
      'unknown-service 6:10',
    ],
  ])('%s', (_, text, ...expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it.each([
    ['502', {port: {port: 502, protocol: 'tcp'}}],
    ['161/UDP', {port: {port: 161, protocol: 'udp'}}],
    ['/bin/check --fast', {command: ['/bin/check', '--fast']}],
    ['"/bin/my check" 7', {command: ['/bin/my check', '7']}],
  ])('the health %s', (health, expected) => {
    const [service] = specOf(custom('binary=a', `health=${health}`)).deckies[0]?.customServices ?? []
    expect(service?.health).toEqual(expected)
  })

  it('a directory that is read gives the image, or a reason at its place', () => {
    const builds = (path: string) =>
      path === 'good'
        ? ({ok: true, image: 'decnet-custom:1', directory: '/site/good'} as const)
        : ({ok: false, problem: `${path}: no`, hint: 'do'} as const)
    const [service] = read(custom('build=good'), {builds}).spec.deckies[0]?.customServices ?? []
    expect(service).toMatchObject({image: 'decnet-custom:1', build: {directory: '/site/good'}})
    const [problem] = refusal(custom('exec=a', 'build=bad'), {builds}).diagnostics
    expect(problem).toMatchObject({
      code: 'bad-build',
      summary: 'build: bad: no',
      place: {line: 3, column: 7},
      hint: 'do',
    })
  })

  it('a port of the other protocol does not clash', () => {
    const text = '[custom-x]\nbinary=a\nports=22/udp\n[d]\nservices=ssh,x'
    expect(specOf(text).deckies).toMatchObject([
      {services: ['ssh'], customServices: [{ports: [{port: 22, protocol: 'udp'}]}]},
    ])
  })

  it.each([
    'alpine',
    'alpine:3.19',
    'library/a__b/c-d.e:X_1',
    'localhost/x',
    'registry.example:5000/a/b:1',
    `a@sha256:${'0'.repeat(64)}`,
    `a:1@sha256:${'0'.repeat(64)}`,
  ])('accept the image %s', (image) => {
    expect(specOf(custom(`binary=${image}`)).deckies[0]?.customServices).toMatchObject([{image}])
  })

  it.each([
    ['/bin/x', ['/bin/x']],
    ['sh -c "a; b"', ['sh', '-c', 'a; b']],
    ['"sh -c x"', ['sh', '-c', 'x']],
    ['"my prog" "b c"', ['my prog', 'b c']],
    [`'sh -c "a ; b"'`, ['sh', '-c', 'a ; b']],
    [`a "" b\\ c 'd\\e' "f\\"g"`, ['a', '', 'b c', 'd\\e', 'f"g']],
    ['a $HOME | b', ['a', '$HOME', '|', 'b']],
  ])('split exec = %s', (line, exec) => {
    expect(specOf(custom('binary=a', `exec=${line}`)).deckies[0]?.customServices).toMatchObject([{exec}])
  })
})
