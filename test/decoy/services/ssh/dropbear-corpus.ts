/** What is said to a Dropbear, and to what claims to be one. */
import {string} from '../../../../src/decoy/services/ssh/wire.ts'
import {type Dialogue, passwordRequest, type Recorded, SERVICE_REQUEST, userauth} from './golden.ts'

export const DROPBEAR_RAW: Readonly<Record<string, Buffer>> = Object.fromEntries(
  Object.entries({
    nothing: '',
    'an identification': 'SSH-2.0-x\r\n',
    'version 1337': 'SSH-1337-OpenSSH_9.0\r\n',
    'version 1.5': 'SSH-1.5-x\r\n',
    'empty lines after it': 'SSH-2.0-OpenSSH\n\n\n\n\n\n\n\n\n\n',
    'a doubled identification': 'SSH-2.0-x\r\nSSH-2.0-x\r\n',
    'a long line': `${'A'.repeat(300)}\r\n`,
  }).map(([name, text]) => [name, Buffer.from(text, 'latin1')]),
)

const interactive = (): Buffer => userauth('keyboard-interactive', Buffer.concat([string(''), string('')]))

export const DROPBEAR_DIALOGUES: Readonly<Record<string, Dialogue>> = {
  logins: {from: 'keys', turns: [[SERVICE_REQUEST], [userauth('none')], [passwordRequest('wrong')], [interactive()]]},
  'a login before the service': {from: 'keys', turns: [[userauth('none')]]},
  'an unknown service': {from: 'keys', turns: [[Buffer.concat([Buffer.from([5]), string('ssh-foo')])]]},
  'another user': {from: 'service', turns: [[userauth('none')], [userauth('none', undefined, 'other')]]},
  'too many passwords': {from: 'service', turns: Array.from({length: 11}, () => [passwordRequest('wrong')])},
}

/** Padding is random, and says nothing. */
export const withoutPadding = ({replies, closed}: Recorded): Recorded => ({
  replies: replies.map((reply) => reply.replace(/ padding [0-9a-f]+$/, '')),
  closed,
})
