import type {ChildProcess} from 'node:child_process'
import {join} from 'node:path'
import {INTRUDER_INTERFACE} from '../lab/layout.ts'
import {poll} from '../lab/process.ts'
import type {Lab} from './lab.ts'

/** What begins something instead of answering: datagrams, first segments of connections, and ICMP but echo replies. */
const INITIATIVE =
  'udp or (tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn) or (icmp and icmp[icmptype] != icmp-echoreply)'

/** Records what machines of the LAN begin by themselves, as the intruder's network card sees it. */
export class PacketCapture {
  readonly #lab: Lab
  readonly #file: string
  readonly #tcpdump: ChildProcess

  private constructor(lab: Lab, file: string, tcpdump: ChildProcess) {
    this.#lab = lab
    this.#file = file
    this.#tcpdump = tcpdump
  }

  /** Resolves once packets are being recorded. */
  static async start(lab: Lab): Promise<PacketCapture> {
    const file = join(lab.layout.directory, 'capture.pcap')
    // -Z root: the file is in a directory that tcpdump's own user may not enter. -U: every packet is written at once.
    const args = ['-i', INTRUDER_INTERFACE, '-n', '-U', '-Z', 'root', '-w', file, INITIATIVE]
    const child = lab.spawn('tcpdump', args, {stdio: ['ignore', 'ignore', 'pipe']}, lab.layout.intruderNamespace)
    let said = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await poll('tcpdump listens', () => said.includes('listening on'), {timeoutMs: 10_000})
    return new PacketCapture(lab, file, child)
  }

  /** One line for each packet that this machine sent on its own initiative so far. */
  async begunBy(ip: string): Promise<string[]> {
    const {stdout} = await this.#lab.intruder('tcpdump', ['-n', '-r', this.#file, 'src', 'host', ip])
    return stdout.split('\n').filter(Boolean)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#tcpdump.once('close', resolve))
    this.#tcpdump.kill('SIGTERM')
    await ended
  }
}
