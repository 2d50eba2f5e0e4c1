import {describe, expect, it} from 'vitest'

import {runCli} from './built-cli.ts'

const nowhere = {DOCKER_HOST: 'unix:///nonexistent/docker.sock'}

describe('--version', () => {
  it('is one line', () => {
    const {code, stdout} = runCli(['--version'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^decnet\/\d+\.\d+\.\d+ \S+ node-v\S+\n$/)
  })

  it.each([[['--version', '--json']], [['--json', '--version']], [['-V', '--json']]])('%j is a document', (args) => {
    const {code, stdout, stderr} = runCli(args, nowhere)
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    const document = JSON.parse(stdout)
    expect(document).toMatchObject({
      schema: 'decnet.version/v1',
      ok: true,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      engines: {
        docker: null,
        embedded: {runtimeId: expect.stringMatching(/^decnet-embedded:[0-9a-f]{16}$/)},
        unavailable: {docker: expect.stringContaining('/nonexistent/docker.sock')},
      },
    })
    expect(document.commit === null || /^[0-9a-f]{40,64}$/.test(document.commit)).toBe(true)
  })

  it('of a command is still that command’s business', () => {
    expect(runCli(['services', '--version']).code).toBe(64)
  })
})

describe('completion', () => {
  it('of names never fails, whatever is wrong', () => {
    for (const args of [['deckies'], ['no-such-kind'], ['deckies', '--state-dir', '/proc/1/nope'], ['']]) {
      expect(runCli(['completion', '--names', ...args])).toEqual({code: 0, stdout: '', stderr: ''})
    }
  })

  it('without a shell is wrong usage', () => {
    expect(runCli(['completion']).code).toBe(64)
    expect(runCli(['completion', 'tcsh']).code).toBe(64)
  })
})
