/** One transfer, from the first block or its acknowledgement to the last (RFC 1350 §2). */
import type {ServiceEvent} from '../../../events/event.ts'
import type {Upload} from '../../files/upload.ts'
import type {UdpTransfer} from '../../service.ts'
import type {Settings} from './options.ts'
import {ack, data, ERROR_CODE, error, optionAck, readPacket} from './packet.ts'

const LAST_BLOCK = 0xffff

type Step = ReturnType<UdpTransfer['datagram']>

const NOTHING: Step = {replies: [], events: []}
const END: Step = {replies: [], events: [], over: true}

const nextBlock = (block: number, rollover: number): number => (block === LAST_BLOCK ? rollover : block + 1)

/** Sends a file. */
export class Sending implements UdpTransfer {
  readonly opening: readonly Buffer[]
  readonly #content: Buffer
  readonly #settings: Settings
  readonly #ended: (complete: boolean) => readonly ServiceEvent[]
  #offset = 0
  /** The block that is to be acknowledged. */
  #block = 0
  #last = false

  constructor(content: Buffer, settings: Settings, ended: (complete: boolean) => readonly ServiceEvent[]) {
    this.#content = content
    this.#settings = settings
    this.#ended = ended
    this.opening = settings.agreed.length > 0 ? [optionAck(settings.agreed)] : [this.#next()]
  }

  datagram(bytes: Buffer): Step {
    const packet = readPacket(bytes)
    if (packet.type === 'error') return {...END, events: this.#ended(false)}
    // An acknowledgement of an earlier block is late; answering it would double every block from there on (RFC 1123 §4.2.3.1).
    if (packet.type !== 'ack' || packet.block !== this.#block) return NOTHING
    if (this.#last) return {...END, events: this.#ended(true)}
    return {replies: [this.#next()], events: []}
  }

  abandoned(): readonly ServiceEvent[] {
    return this.#ended(false)
  }

  #next(): Buffer {
    const {blockSize, rollover} = this.#settings
    const piece = this.#content.subarray(this.#offset, this.#offset + blockSize)
    this.#offset += piece.length
    this.#last = piece.length < blockSize
    this.#block = nextBlock(this.#block, rollover)
    return data(this.#block, piece)
  }
}

/** Takes a file in. */
export class Receiving implements UdpTransfer {
  readonly opening: readonly Buffer[]
  readonly #upload: Upload
  readonly #settings: Settings
  readonly #ended: (content: Buffer, complete: boolean) => readonly ServiceEvent[]
  #block = 0

  constructor(
    upload: Upload,
    settings: Settings,
    ended: (content: Buffer, complete: boolean) => readonly ServiceEvent[],
  ) {
    this.#upload = upload
    this.#settings = settings
    this.#ended = ended
    this.opening = [settings.agreed.length > 0 ? optionAck(settings.agreed) : ack(0)]
  }

  datagram(bytes: Buffer): Step {
    const packet = readPacket(bytes)
    if (packet.type === 'error') return {...END, events: this.abandoned()}
    if (packet.type !== 'data') return NOTHING
    const expected = nextBlock(this.#block, this.#settings.rollover)
    // The acknowledgement was lost.
    if (packet.block === this.#block && this.#block > 0) return {replies: [ack(this.#block)], events: []}
    if (packet.block !== expected) return NOTHING
    if (packet.data.length > this.#settings.blockSize) return NOTHING
    if (!this.#upload.append(packet.data)) {
      return {...END, replies: [error(ERROR_CODE.DISK_FULL, 'No space left on device')], events: this.abandoned()}
    }
    this.#block = expected
    const replies = [ack(expected)]
    if (packet.data.length === this.#settings.blockSize) return {replies, events: []}
    return {...END, replies, events: this.#ended(this.#upload.finish(), true)}
  }

  abandoned(): readonly ServiceEvent[] {
    return this.#ended(this.#upload.finish(), false)
  }
}
