import {describe, expect, it} from 'vitest'

import {serviceInfo} from '../../../../src/catalog/service-info.ts'
import type {OptionValues} from '../../../../src/decoy/definition.ts'
import {Persona} from '../../../../src/decoy/persona.ts'
import {SMTP} from '../../../../src/decoy/services/smtp/definition.ts'
import {SMTP_RELAY} from '../../../../src/decoy/services/smtp_relay/definition.ts'
import {createService} from '../../../../src/decoy/services/smtp_relay/server.ts'
import {base64, dial, FACTS, PASSWORD, type TestClient} from '../smtp/support.ts'

async function relay(options: OptionValues = {}, port = 25): Promise<TestClient> {
  return dial(await createService(new Persona(FACTS), options), {port})
}

describe('an open relay', () => {
  it('claims the server that product or mta names, in the version given', async () => {
    expect((await relay({mta: 'exim', version: '4.92'})).greeting).toContain('ESMTP Exim 4.92 ')
    expect((await relay({product: 'postfix', mta: 'exim'})).greeting).toContain('ESMTP Postfix')
  })

  it('greets with the banner given', async () => {
    expect((await relay({banner: 'mx.corp.example ESMTP'})).greeting).toBe('220 mx.corp.example ESMTP\r\n')
  })

  it('offers TLS unless it is switched off', async () => {
    expect((await relay({product: 'postfix'})).say('EHLO x')).toContain('250-STARTTLS')
    expect((await relay({product: 'postfix', tls: false})).say('EHLO x')).not.toContain('STARTTLS')
  })

  it('knows its honey users', async () => {
    const client = await relay({product: 'postfix', tls: false, users: [`alice:${PASSWORD}`]})
    client.say('EHLO x')
    client.say(`AUTH PLAIN ${base64(`\0alice\0wrong`)}`)
    expect(client.say(`AUTH PLAIN ${base64(`\0alice\0${PASSWORD}`)}`)).toMatch(/^235 /)
    expect(client.events.flatMap(({credential}) => credential?.outcome ?? [])).toEqual(['failure', 'success'])
  })

  it('takes mail for everybody on the port of submission, too', async () => {
    const client = await relay({product: 'postfix'}, 587)
    client.say('EHLO x')
    client.say('MAIL FROM:<a@b.example>')
    expect(client.say('RCPT TO:<x@example.org>')).toMatch(/^250 /)
  })
})

describe.each([SMTP_RELAY, SMTP])('$name', (definition) => {
  const ports = (options: OptionValues) =>
    serviceInfo(definition)
      .ports(options)
      .map(({port}) => port)

  it('listens for submission unless it is switched off, and where it is told to', () => {
    expect(ports({})).toContain(587)
    expect(ports({submission: false})).not.toContain(587)
    expect(ports({port: 2525})).toContain(2525)
  })
})
