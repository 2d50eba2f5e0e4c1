import {describe, expect, it} from 'vitest'

import {problems, refusal, specOf} from './reading.ts'

const EXACT = '[d]\nservices=ssh\n'

describe('options', () => {
  it.each([
    ['of an unknown decky', '[d]\n[ghost.ssh]\nport=1', 'orphan-options 2:2'],
    ['of a decky whose name only begins alike', '[web-prod]\nservices=ssh\n[web.ssh]', 'orphan-options 3:2'],
    ['of a decky in another case', `${EXACT}[D.ssh]`, 'orphan-options 3:2'],
    ['of [general]', `[general]\n${EXACT}[general.ssh]`, 'orphan-options 4:2'],
    ['of a service that the decky lacks', `${EXACT}[d.http]`, 'service-not-offered 3:2'],
    ['of a service that its archetype lacks', '[d]\narchetype=deaddeck\n[d.http]', 'service-not-offered 3:2'],
    ['of a decky that names no services', '[d]\n[d.ssh]', 'service-not-offered 2:2'],
    ['nothing follows from services that are unclear', '[d]\nservices=shs\n[d.ssh]', 'unknown-service 2:10'],
    ['nothing follows from a broken line', '[d]\nservices=ssh,\\\n[d.ssh]', 'backslash-continuation 2:14'],
    ['of an unknown service', `${EXACT}[d.sssh]\nbanner=x`, 'unknown-service 3:4'],
    ['of an unknown service, empty', `${EXACT}[d.sssh]`, 'unknown-service 3:4'],
    ['of neither a decky nor a service', '[d]\n[e.x]\nbanner=y', 'unknown-service 2:4'],
    ['no orphans where a decky may be lost', '[]\n[d.ssh]\nport=0', 'empty-header 1:1', 'bad-option-value 3:6'],
    ['unknown option', `${EXACT}[d.ssh]\nbaner=x`, 'unknown-option 4:1'],
    ['unknown option __proto__', `${EXACT}[d.ssh]\n__proto__=x`, 'unknown-option 4:1'],
    ['a value that its type refuses', `${EXACT}[d.ssh]\nport = 70000`, 'bad-option-value 4:8'],
    ['a value that is too long', `${EXACT}[d.ssh]\nbanner=${'x'.repeat(257)}`, 'bad-option-value 4:8'],
    ['a value of no enumeration', '[d]\nservices=http\n[d.http]\nproduct=iis', 'bad-option-value 4:9'],
    ['twice in another case', `${EXACT}[d.ssh]\n[d.SSH]`, 'duplicate-section 4:2'],
    ['a port that another service has', '[d]\nservices=ssh,http\n[d.ssh]\nport=80', 'port-clash 2:14'],
    ['a port in one decky of three', '[d]\nservices=ssh,http\namount=3\n[d-02.ssh]\nport=80', 'port-clash 2:14'],
  ])('%s', (_, text, ...expected) => {
    expect(problems(text)).toEqual(expected)
  })

  it('without a decky suggest one', () => {
    const hint = (text: string) => refusal(text).diagnostics[0]?.hint
    expect(hint(`${EXACT}[D.ssh]`)).toBe('did you mean [d.ssh]?')
    expect(hint(`${EXACT}[ghost.ssh]`)).toBe('add [ghost], or remove this section')
  })

  it('are literal and decoded, whatever the order of sections', () => {
    const text = '[d.ssh]\nusers=root:p%ss#1;x\nPort=2222\n[d]\nservices=ssh\n'
    expect(specOf(text).deckies[0]?.options).toEqual({ssh: {users: 'root:p%ss#1;x', port: 2222}})
  })

  it('of a group apply to each decky, and one of its deckies may differ', () => {
    const text = '[g]\nservices=ssh\namount=3\n[g.ssh]\nport=2222\nbanner=all\n[g-02.ssh]\nbanner=one\n'
    expect(specOf(text).deckies.map(({options}) => options.ssh)).toEqual([
      {port: 2222, banner: 'all'},
      {port: 2222, banner: 'one'},
      {port: 2222, banner: 'all'},
    ])
  })

  it('can move a port out of the way of another service', () => {
    const text = '[d]\nservices=http,https\n[d.https]\nport=8443\n'
    expect(specOf(text).deckies[0]?.services).toEqual(['http', 'https'])
  })

  it('apply to services that the archetype gives', () => {
    const [found] = specOf('[d]\narchetype=linux-server\n[d.http]\ntitle=x').deckies
    expect(found?.options).toEqual({http: {title: 'x'}})
    expect(found).not.toHaveProperty('services')
  })

  it('of a decky with a dotted name', () => {
    const text = '[decky.webmail]\nservices=http\n[decky.webmail.http]\ntitle=x\n'
    expect(specOf(text).deckies).toMatchObject([{name: 'decky.webmail', options: {http: {title: 'x'}}}])
  })

  it.each([
    ['without a parent, empty', '[a.b]', ['a.b']],
    ['without a parent, with a key', '[a.b]\nos=linux', ['a.b']],
    ['with a parent and a decisive key', '[a]\n[a.b]\nservices=ssh', ['a', 'a.b']],
    ['with a parent and only keys of a decky', '[a]\n[a.b]\nhostname=x', ['a', 'a.b']],
  ])('are not meant by a dotted section: %s', (_, text, names) => {
    expect(specOf(text).deckies.map(({name}) => name)).toEqual(names)
  })

  it.each(['true', 'null', '0x1F', '1e3', 'yes'])('keep %s as text', (word) => {
    expect(specOf(`${EXACT}[d.ssh]\nbanner=${word}`).deckies[0]?.options).toEqual({ssh: {banner: word}})
  })
})
