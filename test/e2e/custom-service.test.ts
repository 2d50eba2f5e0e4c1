/** An operator's own service from a directory beside the fleet file: built, confined, waited for, and what it prints kept. */
import {chmod, copyFile, mkdir, rm, symlink, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, beforeEach, expect, it} from 'vitest'

import type {EvidenceEvent, Sample} from '../../src/events/event.ts'
import {busyboxBinary} from '../lab/busybox.ts'
import {poll} from '../lab/process.ts'
import {type Bench, said, useBench} from '../support/bench.ts'
import {inspectContainers} from '../support/engine-view.ts'
import type {Section} from '../support/fleet-text.ts'
import {describeOnLab} from '../support/lab.ts'

/** Prints what it was asked, in the words that its options give it: its own output goes to whoever asked. */
const ANSWER = '#!/bin/sh\nread -r asked\necho "$GREETING asked: $asked" >/proc/1/fd/2\n'
const DOCKERFILE = `FROM scratch
COPY bin /bin
ENV PATH=/bin
ENTRYPOINT ["/bin/sh", "-c", "echo up; exec nc -ll -p 502 -e /bin/answer"]
`

describeOnLab('a custom service that is built', () => {
  const bench = useBench('custom')
  let busybox: string

  beforeAll(async () => {
    busybox = await busyboxBinary()
  })

  const folderOf = ({lab}: Bench) => join(lab.layout.directory, 'fleet')

  beforeEach(async () => {
    const root = join(folderOf(bench()), 'scada')
    await rm(root, {recursive: true, force: true})
    await mkdir(join(root, 'bin'), {recursive: true})
    await copyFile(busybox, join(root, 'bin', 'busybox'))
    for (const applet of ['sh', 'nc', 'echo', 'sleep']) await symlink('busybox', join(root, 'bin', applet))
    await writeFile(join(root, 'bin', 'answer'), ANSWER)
    await chmod(join(root, 'bin', 'answer'), 0o755)
    await writeFile(join(root, 'Dockerfile'), DOCKERFILE)
  })

  async function fleet(on: Bench, custom: Section = {}): Promise<string> {
    const file = join(folderOf(on), 'fleet.ini')
    const sections = {
      'custom-scada': {build: 'scada', ports: '502', health: '502', ...custom},
      plc: {services: 'http, scada'},
      'plc.scada': {greeting: 'hello'},
    }
    await writeFile(file, on.text(sections))
    return file
  }

  async function deploy(on: Bench, exit = 0): Promise<string> {
    const outcome = await on.run(['deploy', await fleet(on), '--replace-fleet', '--yes', '--json'])
    expect(outcome, said(outcome)).toMatchObject({code: exit})
    return outcome.stdout
  }

  async function logged(on: Bench): Promise<string[]> {
    const outcome = await on.run(['events', '--service', 'scada', '--json'])
    const {events} = outcome.json as {events: EvidenceEvent[]}
    return events.map(({event, decky, data}) => `${decky} ${event} ${(data?.line as Sample | undefined)?.text}`)
  }

  async function ask(on: Bench): Promise<void> {
    const [plc] = (await on.status()).deckies
    await on.lab.intruder('bash', ['-c', `exec 3<>/dev/tcp/${plc?.ip}/502 && echo 'wipe\u001b[2J all' >&3 && cat <&3`])
  }

  const sidecar = async (on: Bench) =>
    (await inspectContainers(on.lab)).find(({Config}) => Config.Labels['decnet.service'] === 'scada')

  it('listens in the namespace of its decky, confined, and what it prints is evidence, each line once', async () => {
    const on = bench()
    await deploy(on)
    expect((await on.status()).deckies).toMatchObject([{state: 'running'}])
    const before = await sidecar(on)
    expect(before).toMatchObject({HostConfig: {CapDrop: ['ALL'], PidsLimit: 128}})

    await ask(on)
    const expected = ['plc log up', 'plc log hello asked: wipe\\x1b[2J all']
    await poll('its lines are evidence', async () => (await logged(on)).length >= 2, {timeoutMs: 15_000})
    expect(await logged(on)).toEqual(expect.arrayContaining(expected))
    const lines = await logged(on)
    expect(new Set(lines).size).toBe(lines.length)

    // Nothing changed: nothing is built, nothing is replaced.
    await deploy(on)
    expect((await sidecar(on))?.Id).toBe(before?.Id)
  })

  it('is replaced when its directory changes, with the last words of the old one kept', async () => {
    const on = bench()
    await deploy(on)
    const before = await sidecar(on)
    await writeFile(join(folderOf(on), 'scada', 'bin', 'answer'), ANSWER.replace('asked:', 'demanded:'))
    await ask(on)
    await deploy(on)
    const after = await sidecar(on)
    expect(after?.Id).not.toBe(before?.Id)
    expect(after?.Config.Image).not.toBe(before?.Config.Image)
    expect(await on.lab.docker(['images', '-q', String(before?.Config.Image)])).toBe('')
    await ask(on)
    await poll(
      'the new words are evidence',
      async () => (await logged(on)).some((line) => line.includes('demanded: wipe')),
      {
        timeoutMs: 15_000,
      },
    )
    expect((await logged(on)).filter((line) => line.includes('asked: wipe'))).toHaveLength(1)
  })

  it('that cannot be built says why, and leaves the decky as it is', async () => {
    const on = bench()
    await deploy(on)
    const before = await sidecar(on)
    await writeFile(join(folderOf(on), 'scada', 'Dockerfile'), 'FROM scratch\nCOPY nothing /\n')
    const text = await deploy(on, 3)
    expect(text).toContain('scada cannot be built')
    expect(text).toMatch(/Step 2\/3 : COPY nothing/)
    expect((await sidecar(on))?.Id).toBe(before?.Id)
  })

  it('is refused without containers', async () => {
    const on = bench()
    const outcome = await on.run(['deploy', await fleet(on), '--engine', 'embedded', '--json'])
    expect(outcome).toMatchObject({
      code: 65,
      json: {error: {diagnostics: expect.arrayContaining([expect.objectContaining({code: 'engine-mismatch'})])}},
    })
  })

  it('is a problem of the fleet file where its directory is', async () => {
    const on = bench()
    await symlink('/etc', join(folderOf(on), 'scada', 'etc'))
    const outcome = await on.run(['validate', await fleet(on), '--json'])
    const diagnostics = [{code: 'bad-build', summary: expect.stringContaining('is a link to /etc')}]
    expect(outcome).toMatchObject({code: 65, json: {error: {diagnostics}}})
  })
})
