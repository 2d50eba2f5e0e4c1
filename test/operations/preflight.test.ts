import {gzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'

import {type Intent, mutate} from '../../src/operations/mutation.ts'
import {teardownIntent} from '../../src/operations/teardown.ts'
import {DoctorWorld} from '../support/doctor-world.ts'

const FILE = '[web]\nservices = ssh\n'

function carryOut(world: DoctorWorld, intent: Intent) {
  return mutate(world.examined, intent, {
    parallel: undefined,
    timeoutMs: 5000,
    failFast: false,
    lockTimeoutMs: 0,
    signal: new AbortController().signal,
    confirm: async () => undefined,
    progress: (event) => void world.progress.push(event),
  })
}

const deploy = (world: DoctorWorld, text = FILE) => carryOut(world, world.deployIntent(text))

describe('before it touches anything, a deploy', () => {
  it.each([
    [
      'to a missing interface',
      (world: DoctorWorld) => world.machine.unlink('eth0'),
      /no interface eth0/,
      /--interface/,
    ],
    ['to an interface that is down', (w: DoctorWorld) => w.machine.link('eth0', {up: false}), /is down/, /ip link set/],
    ['to a wireless card', (w: DoctorWorld) => w.machine.link('eth0', {devtype: 'wlan'}), /wireless/, /ipvlan/],
    [
      'on a kernel without macvlan',
      ({machine}: DoctorWorld) => {
        machine.write('/proc/modules', '')
        machine.write('/proc/config.gz', gzipSync('CONFIG_IPVLAN=y\n'))
      },
      /no macvlan driver/,
      /driver = ipvlan/,
    ],
  ])('%s is refused', async (_, spoil, message, hint) => {
    const world = new DoctorWorld()
    spoil(world)
    await expect(deploy(world)).rejects.toMatchObject({
      code: 'PLATFORM_UNSUPPORTED',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(world.engine.calls).toEqual([])
    expect(world.state((store) => [store.fleet(), store.lifecycle(), store.deployments(9)])).toEqual([null, [], []])
  })

  it('only says what is doubtful', async () => {
    const world = new DoctorWorld()
    await deploy(world, `[general]\ngw = 192.168.1.254\n${FILE}`)
    const notices = world.progress.flatMap((event) => (event.type === 'notice' ? event.message : []))
    expect(notices).toEqual([expect.stringMatching(/gateway is 192\.168\.1\.254.*through 192\.168\.1\.1/)])
    expect(world.engine.instances.has('web')).toBe(true)
  })

  it('on a machine where all is well says nothing', async () => {
    const world = new DoctorWorld()
    await deploy(world)
    expect(world.progress.filter(({type}) => type === 'notice')).toEqual([])
  })
})

describe('what is not looked at', () => {
  it('is this machine, where the Engine is on another', async () => {
    const world = new DoctorWorld()
    world.engineIsLocal = false
    world.machine.unlink('eth0')
    await deploy(world)
    expect(world.engine.instances.has('web')).toBe(true)
  })

  it('is the interface, where a fleet is only removed', async () => {
    const world = new DoctorWorld()
    await deploy(world)
    world.machine.link('eth0', {up: false})
    await carryOut(world, teardownIntent('all'))
    expect(world.engine.instances.size).toBe(0)
  })

  it('is the interface, where nothing is to be done', async () => {
    const world = new DoctorWorld()
    await deploy(world)
    world.machine.link('eth0', {up: false})
    const again = world.deployIntent(FILE, {replaceFleet: true})
    expect(await carryOut(world, again)).toMatchObject({summary: {unchanged: 1, failed: 0}})
  })
})
