import {abuseUdp} from '../../../support/abuse-udp.ts'
import {MONLIST, QUESTIONS, READ_VARIABLES, ROASTING} from './corpus.ts'
import {server, WINDOWS} from './support.ts'

const datagrams = [...QUESTIONS.map(([, bytes]) => bytes), ROASTING, READ_VARIABLES, MONLIST]

abuseUdp({name: 'ntp as chrony', port: 123, service: () => server(), datagrams})
abuseUdp({name: 'ntp of Windows', port: 123, service: () => server(WINDOWS), datagrams})
abuseUdp({name: 'ntp as ntpd', port: 123, service: () => server({os: 'cisco'}), datagrams})
