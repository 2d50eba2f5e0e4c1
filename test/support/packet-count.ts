/** What went over the LAN to and from addresses, counted from a capture: whole IP packets, fragments and all. */
import type {ChildProcess} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {INTRUDER_INTERFACE} from '../lab/layout.ts'
import {poll} from '../lab/process.ts'
import type {Lab} from './lab.ts'

export interface Traffic {
  readonly packetsTo: number
  /** Octets of IP packets. */
  readonly bytesTo: number
  readonly packetsFrom: number
  readonly bytesFrom: number
  /** The most packets from the decky that came within one second. */
  readonly mostInASecond: number
}

const GLOBAL_HEADER = 24
const RECORD_HEADER = 16
const ETHERNET_HEADER = 14

/** Counts UDP between some foreign addresses and anybody, by the foreign address. */
export class PacketCount {
  readonly #file: string
  readonly #tcpdump: ChildProcess

  private constructor(file: string, tcpdump: ChildProcess) {
    this.#file = file
    this.#tcpdump = tcpdump
  }

  static async start(lab: Lab, net: string): Promise<PacketCount> {
    const file = join(lab.layout.directory, 'count.pcap')
    const filter = `ip proto 17 and net ${net}`
    // 64 octets of each: the IP header is enough. -B: a burst has to fit, KiB.
    const args = ['-i', INTRUDER_INTERFACE, '-n', '-U', '-Z', 'root', '-s', '64', '-B', '8192', '-w', file, filter]
    const child = lab.spawn('tcpdump', args, {stdio: ['ignore', 'ignore', 'pipe']}, lab.layout.intruderNamespace)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await poll('tcpdump listens', () => said.includes('listening on'), {timeoutMs: 10_000})
    return new PacketCount(file, child)
  }

  /** Ends the capture and counts, for each of these addresses. */
  async stop(sources: readonly string[]): Promise<ReadonlyMap<string, Traffic>> {
    const ended = new Promise((resolve) => this.#tcpdump.once('close', resolve))
    this.#tcpdump.kill('SIGTERM')
    await ended
    const packets = packetsOf(readFileSync(this.#file))
    return new Map(sources.map((source) => [source, trafficOf(source, packets)]))
  }
}

interface Packet {
  /** Milliseconds. */
  readonly at: number
  readonly from: string
  readonly to: string
  readonly bytes: number
}

/** The classic format of tcpdump, in the byte order of this machine. */
function packetsOf(capture: Buffer): Packet[] {
  const packets: Packet[] = []
  for (let at = GLOBAL_HEADER; at + RECORD_HEADER <= capture.length; ) {
    const [seconds, micros, kept] = [0, 4, 8].map((offset) => capture.readUInt32LE(at + offset))
    const ip = capture.subarray(at + RECORD_HEADER + ETHERNET_HEADER, at + RECORD_HEADER + (kept ?? 0))
    const address = (offset: number): string => [...ip.subarray(offset, offset + 4)].join('.')
    packets.push({
      at: (seconds ?? 0) * 1000 + (micros ?? 0) / 1000,
      from: address(12),
      to: address(16),
      bytes: ip.readUInt16BE(2),
    })
    at += RECORD_HEADER + (kept ?? 0)
  }
  return packets
}

function trafficOf(source: string, packets: readonly Packet[]): Traffic {
  const sent = packets.filter(({from}) => from === source)
  const received = packets.filter(({to}) => to === source)
  const size = (some: readonly Packet[]): number => some.reduce((sum, {bytes}) => sum + bytes, 0)
  let mostInASecond = 0
  let first = 0
  for (const [index, {at}] of received.entries()) {
    while (at - (received[first]?.at ?? at) >= 1000) first++
    mostInASecond = Math.max(mostInASecond, index - first + 1)
  }
  return {
    packetsTo: sent.length,
    bytesTo: size(sent),
    packetsFrom: received.length,
    bytesFrom: size(received),
    mostInASecond,
  }
}
