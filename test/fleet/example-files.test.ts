import {readFileSync} from 'node:fs'

import {describe, expect, it} from 'vitest'

import {specOf} from './reading.ts'

const fixture = (name: string) => readFileSync(new URL(`../fixtures/fleet/${name}`, import.meta.url))

describe('files in the manner of the original', () => {
  it('load with the same meaning', () => {
    const {general, deckies} = specOf(fixture('small.ini'))
    expect(general).toMatchObject({net: {cidr: '192.168.1.0/24'}, gateway: '192.168.1.1', interface: 'wlp6s0'})
    expect(deckies.map(({name}) => name)).toEqual([
      'decoy-01',
      'group-01',
      'group-02',
      'group-03',
      'decky.webmail',
      'quiet',
      'anything',
    ])
    expect(deckies).toMatchObject([
      {
        ip: '192.168.1.82',
        services: ['ssh', 'redis'],
        os: 'linux',
        mutateInterval: 30,
        options: {ssh: {banner: 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3', users: 'root:toor,admin:100%s#1;x'}},
      },
      {archetype: 'linux-server', options: {http: {title: 'Intranet'}}},
      {archetype: 'linux-server', options: {http: {title: 'Intranet'}}},
      {archetype: 'linux-server', options: {http: {title: 'Intranet'}}},
      {services: ['http'], os: 'linux', mutateInterval: 45},
      {archetype: 'deaddeck', options: {}},
      {options: {}},
    ])
  })

  it('bring services of their own', () => {
    const scada = {
      name: 'scada',
      image: 'registry.example:5000/plant/scada:1.2',
      exec: ['/opt/scada', '--name', 'Plant 7', '--verbose'],
      ports: [
        {port: 502, protocol: 'tcp'},
        {port: 161, protocol: 'udp'},
      ],
    }
    expect(specOf(fixture('bring-your-own.ini')).deckies).toMatchObject([
      {
        name: 'plc-01',
        services: ['ssh'],
        options: {},
        customServices: [{...scada, options: {rack: '2', site_name: 'north'}}],
      },
      {name: 'plc-02', services: [], options: {}, customServices: [{...scada, options: {}}]},
    ])
  })

  it('may come from an editor on Windows', () => {
    const {general, deckies} = specOf(fixture('windows-editor.ini'))
    expect(general.net?.cidr).toBe('10.0.0.0/24')
    expect(deckies).toMatchObject([{name: 'web', services: ['http'], place: {line: 4, column: 2, snippet: '[web]'}}])
  })
})
