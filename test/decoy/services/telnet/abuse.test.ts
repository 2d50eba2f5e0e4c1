import {describe} from 'vitest'

import {besieged} from '../../../support/abuse.ts'
import {CISCO, OPTIONS, telnetService} from './support.ts'

describe('telnet under abuse', () => {
  besieged({
    name: 'telnet',
    port: 23,
    service: () => telnetService(OPTIONS, CISCO),
    served: (reply) => reply.includes('User Access Verification'),
  })
})
