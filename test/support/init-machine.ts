import type {MachineFacts} from '../../src/operations/init/network.ts'

/** A machine with Docker on 192.168.1.0/24, as `init` sees it. */
export const MACHINE: MachineFacts = {
  dockerFound: true,
  addresses: ['127.0.0.1', '192.168.1.40'],
  network: {
    defaultInterface: 'eth0',
    interfaces: [
      {name: 'lo', address: '127.0.0.1', subnet: '127.0.0.0/8', gateway: null, loopback: true, wireless: false},
      {
        name: 'eth0',
        address: '192.168.1.40',
        subnet: '192.168.1.0/24',
        gateway: '192.168.1.254',
        loopback: false,
        wireless: false,
      },
      {name: 'wlan0', address: '10.1.0.7', subnet: '10.1.0.0/16', gateway: null, loopback: false, wireless: true},
    ],
  },
}

/** One without Docker and without a network. */
export const LONELY: MachineFacts = {
  dockerFound: false,
  addresses: ['127.0.0.1'],
  network: {defaultInterface: null, interfaces: []},
}
