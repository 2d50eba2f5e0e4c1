import type {OptionValue, OptionValues} from '../../definition.ts'
import {HoneyUsers, honeyPairs} from '../../honey-users.ts'
import {refuse} from '../../option-conflicts.ts'
import {ntlmIdentity} from '../../persona/ntlm-identity.ts'
import type {Persona} from '../../persona.ts'
import type {CreateService, Service} from '../../service.ts'
import {tlsProfile, windowsStack} from '../../tls/stacks.ts'
import {Addresses} from './addresses.ts'
import {mailConflicts, productOf} from './choice.ts'
import {SMTPS_PORT, SUBMISSION_PORT} from './definition.ts'
import {mtaOf} from './products/index.ts'
import type {Mta} from './products/mta.ts'
import {SmtpSession} from './session.ts'
import type {MailServer, Role} from './state.ts'

export const createService: CreateService = (persona, options) => createMailService(persona, options, {open: false})

/** @param open it takes mail for everybody, and keeps it. */
export function createMailService(persona: Persona, options: OptionValues, {open}: {open: boolean}): Service {
  refuse(mailConflicts(options, persona.facts))
  const {version, banner} = options
  const claimed = mtaOf(persona, productOf(options, persona.facts), text(version))
  const windows = claimed.name === 'exchange'
  const server: MailServer = {
    persona,
    mta: greeted(claimed, text(banner)),
    host: persona.fqdn,
    tls: tlsProfile(persona, windows ? {certificate: 'exchange', stack: windowsStack(persona)} : {}),
    startTls: options.tls !== false,
    users: new HoneyUsers(options.users),
    addresses: new Addresses(
      persona,
      honeyPairs(options.users).map(([name]) => name),
    ),
    identity: ntlmIdentity(persona),
    open,
  }
  const {implicitTls} = claimed
  return {
    tcp: (port) => {
      const role = open || port === options.port ? 'mx' : roleOf(port)
      const tls = implicitTls.has(role) ? {tls: server.tls} : {}
      return {
        kind: 'protocol',
        ...tls,
        patience: claimed.patience,
        session: (connection) => new SmtpSession(server, role, connection),
      }
    },
    selfTest: () => ({send: Buffer.alloc(0), accepts: (reply) => /^220 [^\n]*\r\n$/.test(reply.toString('latin1'))}),
  }
}

function roleOf(port: number): Role {
  if (port === SMTPS_PORT) return 'smtps'
  return port === SUBMISSION_PORT ? 'submission' : 'mx'
}

/** The code may stand before the text, as older fleet files have it. */
function greeted(mta: Mta, banner: string | null): Mta {
  if (banner === null) return mta
  const greeting = `220 ${banner.replace(/^220[ -]/, '')}`
  return {...mta, greeting: () => greeting}
}

const text = (value: OptionValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
