/** Messages that the broker keeps for whoever subscribes later: those of intruders, over those of its own devices. Bounded. */
import {expired, type Message} from './message.ts'

const MAX_MESSAGES = 512
const MAX_BYTES = 1024 * 1024
/** Larger ones are delivered, and not kept. */
const MAX_PAYLOAD = 16 * 1024

/** A message, and when it was published. */
type Kept = Message & {readonly at: number}

export class Retained {
  /** The one kept longest comes first. A payload of nothing stands for the deletion of a device's message. */
  readonly #messages = new Map<string, Kept>()
  #bytes = 0

  put(message: Message, now: number): void {
    this.#drop(message.topic)
    if (message.payload.length > MAX_PAYLOAD) return
    this.#messages.set(message.topic, {...message, payload: Buffer.from(message.payload), at: now})
    this.#bytes += size(message)
    for (const [oldest] of this.#messages) {
      if (this.#messages.size <= MAX_MESSAGES && this.#bytes <= MAX_BYTES) break
      this.#drop(oldest)
    }
  }

  /**
   * Whether an intruder's message, or deletion, stands in place of the device's, which last spoke at that moment. What
   * the device says later takes its place.
   */
  covers(topic: string, spokenAt: number): boolean {
    const message = this.#messages.get(topic)
    if (message === undefined) return false
    if (spokenAt > message.at) this.#drop(topic)
    return spokenAt <= message.at
  }

  all(now: number): Message[] {
    for (const [topic, message] of this.#messages) if (expired(message, now)) this.#drop(topic)
    return [...this.#messages.values()].filter(({payload}) => payload.length > 0)
  }

  #drop(topic: string): void {
    const message = this.#messages.get(topic)
    if (message === undefined) return
    this.#bytes -= size(message)
    this.#messages.delete(topic)
  }
}

const size = ({topic, payload, properties}: Message): number => topic.length + payload.length + properties.length
