/** RC4, which NTLM and the older Kerberos encrypt with and OpenSSL 3 no longer offers by default. */

/** A key stream: what is encrypted goes on where the call before ended. */
export class Rc4 {
  readonly #state = Uint8Array.from({length: 256}, (_, index) => index)
  #i = 0
  #j = 0

  constructor(key: Buffer) {
    let j = 0
    for (let i = 0; i < 256; i++) {
      j = (j + this.#at(i) + (key[i % key.length] ?? 0)) & 0xff
      this.#swap(i, j)
    }
  }

  /** Encrypts or decrypts: both are the same. */
  apply(data: Buffer): Buffer {
    const out = Buffer.alloc(data.length)
    for (const [index, byte] of data.entries()) {
      this.#i = (this.#i + 1) & 0xff
      this.#j = (this.#j + this.#at(this.#i)) & 0xff
      this.#swap(this.#i, this.#j)
      out[index] = byte ^ this.#at((this.#at(this.#i) + this.#at(this.#j)) & 0xff)
    }
    return out
  }

  #at(index: number): number {
    return this.#state[index] ?? 0
  }

  #swap(a: number, b: number): void {
    const kept = this.#at(a)
    this.#state[a] = this.#at(b)
    this.#state[b] = kept
  }
}

/** One message under a key of its own. */
export const rc4 = (key: Buffer, data: Buffer): Buffer => new Rc4(key).apply(data)
