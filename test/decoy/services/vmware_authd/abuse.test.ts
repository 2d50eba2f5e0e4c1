import {Persona} from '../../../../src/decoy/persona.ts'
import {createService} from '../../../../src/decoy/services/vmware_authd/server.ts'
import {abuse} from '../../../support/abuse.ts'
import {FACTS} from '../ftp/support.ts'

const lines = (...commands: string[]): Buffer =>
  Buffer.from(commands.map((command) => `${command}\r\n`).join(''), 'latin1')

abuse({
  name: 'vmware_authd',
  port: 902,
  service: async () => createService(new Persona(FACTS), {users: ['root:VMware1!']}),
  dialogues: [
    [lines('USER root', 'PASS VMware1!'), lines('GLOBAL server', 'SESSION', 'QUIT')],
    [lines('USER root', 'PASS x', 'USER', 'PASS y'), lines('HELP', 'QUIT')],
  ],
  served: (reply) => reply.toString('latin1').startsWith('220 VMware Authentication Daemon'),
})
