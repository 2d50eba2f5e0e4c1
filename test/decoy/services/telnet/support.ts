import {connect, type Socket} from 'node:net'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona, type PersonaFacts} from '../../../../src/decoy/persona.ts'
import type {Service} from '../../../../src/decoy/service.ts'
import {createService} from '../../../../src/decoy/services/telnet/server.ts'
import {DEBIAN_MACHINE} from '../../../support/machine-facts.ts'
import {eventually} from '../../../support/serve.ts'

export const FACTS: PersonaFacts = {
  ...DEBIAN_MACHINE,
  hostname: 'edge-3',
  ip: '127.0.0.1',
  seed: '55'.repeat(32),
}
export const CISCO: Partial<PersonaFacts> = {os: 'cisco', distro: 'ios', hostname: 'ber-sw01', mac: '00:1b:54:0a:0b:0c'}
export const CAMERA: Partial<PersonaFacts> = {os: 'embedded', distro: 'embedded', hostname: 'cam-0f3a'}
export const OPTIONS = {users: ['root:xc3511', 'admin:cisco'], enable: 'Core-2024'}

export async function telnetService(options: OptionValues = {}, facts: Partial<PersonaFacts> = {}): Promise<Service> {
  return createService(new Persona({...FACTS, ...facts}), options)
}

/** Answers of a client to netkit's telnetd, as bytes. */
export const REFUSES = Buffer.from('fffc18fffc20fffc23fffc27', 'hex')
export const REFUSES_ECHO = Buffer.from('fffc01', 'hex')

export class Talk {
  readonly socket: Socket
  said = Buffer.alloc(0)
  closed = false

  constructor(port: number) {
    this.socket = connect({host: '127.0.0.1', port})
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.closed = true
    })
    this.socket.on('data', (chunk: Buffer) => {
      this.said = Buffer.concat([this.said, chunk])
    })
  }

  /** Waits for this text, and forgets what came up to it. */
  async until(text: string, deadlineMs = 8000): Promise<string> {
    await eventually(() => this.said.includes(text, 0, 'latin1'), deadlineMs)
    const end = this.said.indexOf(text, 0, 'latin1') + text.length
    const before = this.said.subarray(0, end).toString('latin1')
    this.said = this.said.subarray(end)
    return before
  }

  send(data: string | Buffer): void {
    this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data)
  }

  async signIn(user: string, password: string, prompts: readonly [string, string]): Promise<void> {
    await this.until(prompts[0])
    this.send(`${user}\r\0`)
    await this.until(prompts[1])
    this.send(`${password}\r\0`)
  }
}
