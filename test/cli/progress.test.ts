import {PassThrough} from 'node:stream'
import {describe, expect, it} from 'vitest'

import {plainProgress} from '../../src/cli/progress/plain.ts'
import {ttyProgress} from '../../src/cli/progress/tty.ts'
import {makeStyle} from '../../src/cli/views/style.ts'
import type {Action, Operation, Plan} from '../../src/fleet/plan.ts'
import type {ProgressEvent} from '../../src/operations/progress.ts'

const style = makeStyle({isTTY: false, noColorFlag: true, env: {}})

function operation(action: Action, decky: string | null): Operation {
  const address = decky === null ? (action.split('.')[0] ?? '') : `decky/${decky}`
  return {id: `${action} ${address}`, address, action, decky, cause: 'new', dependsOn: [], destructive: false}
}

function planOf(...operations: readonly Operation[]): Plan {
  return {operations, changes: [], engine: 'embedded'}
}

const started = ({address, action, cause}: Operation): ProgressEvent => ({
  type: 'operation.started',
  address,
  action,
  cause,
})

function finished({address, action}: Operation, error: string | null = null): ProgressEvent {
  const result = error === null ? 'ok' : 'failed'
  return {type: 'operation.finished', address, action, result, error, durationMs: 5}
}

/** What a terminal of 80 columns has been told, without the escape sequences that draw it, line by line. */
function terminal(rows = 24) {
  const stream = Object.assign(new PassThrough(), {isTTY: true, columns: 80, rows})
  const sink = ttyProgress({stream: stream as unknown as NodeJS.WriteStream, style, env: {}})
  const lines = () =>
    String(stream.read() ?? '')
      .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .split(/\r?\n/)
  return {...sink, lines}
}

describe('progress on a terminal', () => {
  it('ends, though everything was done before the first line was drawn', async () => {
    const [network, decky] = [operation('network.create', null), operation('decky.create', 'a')]
    const {listener, end, lines} = terminal()
    listener({type: 'plan', plan: planOf(network, decky)})
    for (const event of [network, decky].flatMap((each) => [started(each), finished(each)])) listener(event)
    await end()
    const said = lines()
    expect(said).toContainEqual(expect.stringMatching(/^✓ loopback {2}created {2}\d+ ms$/))
    expect(said).toContainEqual(expect.stringMatching(/^✓ decky\/a {3}created {2}\d+ ms$/))
  })

  it('says that a decky is removed, and where it comes again, that it is created', async () => {
    const operations = [operation('decky.remove', 'a'), operation('decky.remove', 'b'), operation('decky.create', 'b')]
    const {listener, end, lines} = terminal()
    listener({type: 'plan', plan: planOf(...operations)})
    for (const event of operations.flatMap((each) => [started(each), finished(each)])) listener(event)
    await end()
    const last = lines().filter((line) => line.startsWith('✓'))
    expect(last.some((line) => /^✓ decky\/a {2}removed/.test(line))).toBe(true)
    expect(last.some((line) => /^✓ decky\/b {2}created/.test(line))).toBe(true)
  })

  it('marks what failed and what was never done', async () => {
    const [failing, waiting] = [operation('decky.create', 'a'), operation('decky.create', 'b')]
    const {listener, end, lines} = terminal()
    listener({type: 'plan', plan: planOf(failing, waiting)})
    listener(started(failing))
    listener(finished(failing, 'ssh does not answer'))
    await end()
    const said = lines()
    expect(said).toContainEqual(expect.stringMatching(/^✗ decky\/a {2}failed: ssh does not answer/))
    expect(said).toContainEqual(expect.stringMatching(/^✗ decky\/b {2}not done/))
  })

  it('counts where there are more operations than lines, and fits long names into the width', async () => {
    const many = Array.from({length: 40}, (_, n) => operation('decky.create', `srv-${n}`))
    const counted = terminal()
    counted.listener({type: 'plan', plan: planOf(...many)})
    for (const each of many) counted.listener(finished(each, each.decky === 'srv-7' ? 'no' : null))
    await counted.end()
    expect(counted.lines()).toContainEqual(
      expect.stringMatching(/^✓ fleet {2}40 of 40 done, 1 of them failed {2}\d+ ms$/),
    )

    const long = operation('decky.create', 'n'.repeat(63))
    const {listener, end, lines} = terminal()
    listener({type: 'plan', plan: planOf(long)})
    listener(started(long))
    listener(finished(long))
    await end()
    expect(lines()).toContainEqual(expect.stringMatching(/^✓ decky\/n+… {2}created {2}\d+ ms$/))
  })
})

describe('progress as plain lines', () => {
  it('tells the start and the end of everything in the words of the engine', () => {
    const stream = new PassThrough()
    const {listener} = plainProgress({stream, style})
    const image = operation('image.ensure', null)
    listener({type: 'plan', plan: planOf(image)})
    for (const event of [started(image), finished(image), finished(image, 'no port')]) listener(event)
    expect(stream.read().toString()).toBe(
      'process: creating (new)\nprocess: created (5 ms)\nprocess: failed: no port\n',
    )
  })
})
