/** Takes whatever comes over TCP and ends each connection after the other side: `node evidence-receiver.ts`, as a child. */
import {type AddressInfo, createServer} from 'node:net'

const server = createServer({allowHalfOpen: true}, (socket) => {
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.resume()
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
