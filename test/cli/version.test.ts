import {afterEach, beforeEach, describe, expect, it} from 'vitest'

import {versionDocument} from '../../src/cli/version.ts'
import {FakeEngine} from '../support/fake-engine.ts'

let engine: FakeEngine

beforeEach(async () => {
  engine = await FakeEngine.start()
})
afterEach(() => engine.dispose())

describe('the version document', () => {
  it('tells the versions of an Engine that answers', async () => {
    const document = await versionDocument('1.2.3', {DOCKER_HOST: engine.host})
    const docker = {version: expect.any(String), apiVersion: engine.apiVersion}
    expect(document).toMatchObject({schema: 'decnet.version/v1', version: '1.2.3', engines: {docker}})
  })

  it('does not wait for one that hangs', async () => {
    engine.fail({on: /version/, silence: 'before'})
    const begun = performance.now()
    const document = await versionDocument('1.2.3', {DOCKER_HOST: engine.host})
    expect(document).toMatchObject({engines: {docker: null, unavailable: {docker: expect.any(String)}}})
    expect(performance.now() - begun).toBeLessThan(4000)
  })

  it('says why an address is none, without the password in it', async () => {
    const document = await versionDocument('1.2.3', {DOCKER_HOST: 'ssh://root:hunter2@there'})
    expect(document).toMatchObject({engines: {docker: null, unavailable: {docker: expect.stringContaining('ssh')}}})
    expect(JSON.stringify(document)).not.toContain('hunter2')
  })
})
