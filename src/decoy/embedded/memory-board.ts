/** The states of all ports of a process, for whoever asks it. */
import type {PortBoard, PortStatus} from '../status.ts'

export class MemoryBoard implements PortBoard {
  readonly #deckies = new Map<string, Map<string, PortStatus>>()

  set(port: PortStatus): void {
    const ports = this.#deckies.get(port.decky) ?? new Map<string, PortStatus>()
    this.#deckies.set(port.decky, ports.set(`${port.protocol} ${port.port}`, port))
  }

  setAll(ports: readonly PortStatus[]): void {
    for (const port of ports) this.set(port)
  }

  remove(decky: string): void {
    this.#deckies.delete(decky)
  }

  of(decky: string): PortStatus[] {
    return [...(this.#deckies.get(decky)?.values() ?? [])]
  }
}
