import {describe, expect, it} from 'vitest'

import {kernelOf} from '../../src/decoy/kernel.ts'
import {connect, FACTS, redisService} from './services/redis/support.ts'
import {shellWorld} from './shell/shell-world.ts'

const DISTROS = ['debian', 'ubuntu22', 'ubuntu20', 'rocky9', 'centos7', 'alpine', 'fedora', 'kali', 'arch']

describe('the kernel of a persona', () => {
  it.each(DISTROS)('of %s is the same whichever service is asked', async (distro) => {
    const {release, build, compiler} = kernelOf({...FACTS, distro})
    const {run} = shellWorld('root', {distro})
    expect((await run('uname -r; uname -v')).out).toBe(`${release}\n${build}\n`)
    expect((await run('cat /proc/version')).out).toBe(`Linux version ${release} ${compiler} ${build}\n`)
    const {text} = connect(await redisService({}, {distro})).send('INFO server\r\n')
    expect(text).toContain(`\r\nos:Linux ${release} x86_64\r\n`)
  })
})
