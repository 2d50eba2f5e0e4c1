import {describe, expect, it} from 'vitest'

import {DEFAULT_LIMITS} from '../../../../src/decoy/limits.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import type {Action, ProtocolSession} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/vmware_authd/server.ts'
import {FACTS} from '../ftp/support.ts'

async function dial(): Promise<ProtocolSession> {
  const service = await createService(new Persona({...FACTS, archetype: 'esxi'}), {users: ['root:VMware1!']})
  const handler = service.tcp?.(902)
  if (handler?.kind !== 'protocol') throw new TypeError('a protocol')
  return handler.session({
    peer: {ip: '127.0.0.1', port: 40_000},
    local: {ip: '127.0.0.1', port: 902},
    limits: DEFAULT_LIMITS,
    now: () => 0,
    random: (size) => Buffer.alloc(size, 7),
  })
}

const said = (actions: readonly Action[]): string =>
  actions.flatMap((action) => (action.type === 'write' ? [action.data.toString('latin1')] : [])).join('')
const credentials = (actions: readonly Action[]) =>
  actions.flatMap((action) => (action.type === 'event' ? (action.event.credential ?? []) : []))

describe('the authentication daemon of ESXi', () => {
  it('greets as nmap knows it, and goes on in TLS', async () => {
    const actions = (await dial()).open()
    expect(said(actions)).toMatch(
      /^220 VMware Authentication Daemon Version (\d[-.\w]+): SSL Required, ServerDaemonProtocol:(SOAP|IPC), MKSDisplayProtocol:VNC/,
    )
    expect(actions.map(({type}) => type)).toEqual(['write', 'upgrade'])
  })

  it('lets nobody in but honey users, and records the others', async () => {
    const session = await dial()
    expect(said(session.feed(Buffer.from('GLOBAL server\r\n')))).toBe('530 Please login with USER and PASS.\r\n')
    expect(said(session.feed(Buffer.from('PASS x\r\n')))).toBe('503 Login with USER first.\r\n')
    expect(said(session.feed(Buffer.from('USER root\r\n')))).toBe('331 Password required for root.\r\n')
    const wrong = session.feed(Buffer.from('PASS vmware\r\n'))
    expect(said(wrong)).toBe('530 Login incorrect.\r\n')
    expect(credentials(wrong)).toMatchObject([{principal: 'root', secret: {text: 'vmware'}, outcome: 'failure'}])
    const right = session.feed(Buffer.from('USER root\r\nPASS VMware1!\r\n'))
    expect(said(right)).toContain('230 User root logged in.\r\n')
    expect(credentials(right)).toMatchObject([{principal: 'root', outcome: 'success'}])
  })

  it('hangs up after three failures, on a line without end, and at QUIT', async () => {
    const guess = Buffer.from('USER a\r\nPASS b\r\n')
    const three = await dial()
    const last = [three.feed(guess), three.feed(guess), three.feed(guess)].at(-1)
    expect(last?.at(-1)?.type).toBe('close')
    const endless = (await dial()).feed(Buffer.alloc(DEFAULT_LIMITS.line + 1, 0x41))
    expect(endless).toMatchObject([{type: 'event', event: {event: 'malformed'}}, {type: 'close'}])
    expect((await dial()).feed(Buffer.from('QUIT\r\n')).at(-1)?.type).toBe('close')
  })
})
