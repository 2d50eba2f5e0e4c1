import type {ServiceDefinition} from '../../definition.ts'
import {mailConflicts} from '../smtp/choice.ts'
import {MAIL_OPTIONS, SMTP_PORT, SUBMISSION_PORT} from '../smtp/definition.ts'

export const SMTP_RELAY: ServiceDefinition = {
  name: 'smtp_relay',
  summary:
    'Open mail relay: takes mail for everybody from everybody, keeps it as evidence and never passes any of it on. The servers are those of `smtp`.',
  roles: ['relay', 'mail', 'smtp'],
  ports: [
    {port: SMTP_PORT, protocol: 'tcp', purpose: 'SMTP', option: 'port'},
    {port: SUBMISSION_PORT, protocol: 'tcp', purpose: 'submission', needs: 'submission'},
  ],
  options: MAIL_OPTIONS,
  conflicts: mailConflicts,
  events: ['auth.attempt', 'command', 'mail', 'capture', 'probe', 'malformed'],
}
