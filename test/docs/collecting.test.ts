/** The systemd unit that the package brings, and what `docs/collecting.md` says of it. */
import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'

import {findCommand} from '../lab/debian.ts'
import {commandsOf} from './blocks.ts'
import {ROOT} from './pages.ts'

const UNIT = 'systemd/decnet-collect.service'
const text = readFileSync(join(ROOT, UNIT), 'utf8')
const valuesOf = (key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value)

it('runs the collector, and takes its end by a signal for a good one', () => {
  expect(valuesOf('ExecStart')).toEqual(['/usr/bin/env decnet collect'])
  expect(valuesOf('SuccessExitStatus')).toEqual(['143'])
  expect(valuesOf('Restart')).toEqual(['always'])
})

it('leaves it nothing that it does not need', () => {
  expect(valuesOf('CapabilityBoundingSet')).toEqual([''])
  for (const key of ['NoNewPrivileges', 'PrivateTmp', 'ProtectHome', 'ProtectKernelTunables', 'RestrictNamespaces']) {
    expect([key, valuesOf(key)]).toEqual([key, ['yes']])
  }
  expect(valuesOf('ProtectSystem')).toEqual(['strict'])
  expect(valuesOf('StateDirectory')).toEqual(['decnet'])
})

it('is what the page installs', () => {
  const [install] = commandsOf('docs/collecting.md', new Set(['systemd'])).map(({script}) => script)
  expect(install).toContain(`/decnet/${UNIT}"`)
  expect(install).toContain('enable --now decnet-collect')
})

it.runIf(findCommand('systemd-analyze') !== undefined)('is a unit that systemd understands', () => {
  const directory = mkdtempSync(join(tmpdir(), 'decnet-unit-'))
  onTestFinished(() => rmSync(directory, {recursive: true, force: true}))
  const path = join(directory, 'decnet-collect.service')
  writeFileSync(path, text)
  const {stdout, stderr} = spawnSync('systemd-analyze', ['verify', '--man=no', path], {encoding: 'utf8'})
  expect((stdout + stderr).split('\n').filter((line) => line.includes('decnet-collect'))).toEqual([])
})
