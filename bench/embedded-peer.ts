/** The peer of the embedded engine: a Node that listens on the same ports and does nothing else. `SUBNET COUNT PORT…` */
import {createServer} from 'node:net'

import {hostAddress} from './embedded-fleet.ts'

const [subnet = '', count = '0', ...ports] = process.argv.slice(2)
const listening = Array.from({length: Number(count)}, (_, index) =>
  ports.map(
    (port) =>
      new Promise<void>((resolve) => {
        createServer((socket) => socket.on('error', () => {}).end('hello\n')).listen(
          Number(port),
          hostAddress(subnet, index),
          () => resolve(),
        )
      }),
  ),
)
await Promise.all(listening.flat())
process.send?.('ready')
