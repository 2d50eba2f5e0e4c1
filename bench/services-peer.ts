/** What a bare Node does with a connection: answers what it is sent. `node bench/services-peer.ts ADDRESS PORT` */
import {createServer} from 'node:net'

const [, , host = '127.0.0.1', port = '0'] = process.argv
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.pipe(socket)
})
server.listen(Number(port), host, () => process.send?.('listening'))
