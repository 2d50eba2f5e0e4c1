/**
 * An intruder who asks and asks: `node storm-main.ts COMMANDS PER_SECOND IP…` sends so many redis commands to each address,
 * no faster than that to each, and connects again where the decky goes away. What is under way then is sent again.
 */
import {connect, type Socket} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

const [commands = 0, perSecond = 100, ...addresses] = process.argv.slice(2)
const TICK_MS = 100
const PORT = 6379

async function storm(ip: string): Promise<void> {
  let left = Number(commands)
  let socket: Socket | null = null
  while (left > 0) {
    socket ??= await connected(ip)
    const now = Math.min(left, Math.ceil((Number(perSecond) * TICK_MS) / 1000))
    if (socket === null || socket.destroyed) {
      socket = null
      await sleep(TICK_MS)
      continue
    }
    socket.write('INCR counter\r\n'.repeat(now))
    left -= now
    await sleep(TICK_MS)
  }
  await sleep(1000)
  socket?.destroy()
}

function connected(ip: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({host: ip, port: PORT, timeout: 2000})
    socket.on('connect', () => resolve(socket))
    socket.on('timeout', () => socket.destroy())
    socket.on('close', () => resolve(null))
    socket.on('error', () => {})
    socket.resume()
  })
}

await Promise.all(addresses.map(storm))
