/**
 * What may reach an operator's terminal of what an intruder's showed. Text and the sequences that move the cursor, clear
 * and colour are let through; everything by which a terminal can be made to answer, to change its title or its clipboard,
 * to open a link or to run what it is told is left out. Sequences are recognised as ECMA-48 has them.
 */
const ESC = 0x1b
const BEL = 0x07
const ST = '\\'

/** Final bytes of control sequences (CSI) that only draw: cursor movement, erasing, scrolling, colours, save and restore. */
const DRAWING: ReadonlySet<string> = new Set([...'ABCDEFGHJKLMPSTXdfmsu@'])
/** Private modes that only draw: cursor keys, wrapping, cursor, alternate screen, bracketed paste. */
const MODES = /^\?(1|7|12|25|47|1047|1048|1049|2004)$/
const MAX_SEQUENCE = 64

type State = 'text' | 'escape' | 'csi' | 'string' | 'string-escape' | 'skip-one'

export class SafeTerminal {
  readonly #decoder = new TextDecoder()
  #state: State = 'text'
  #sequence = ''

  /** The safe part of these bytes; what is split between two calls is put together. */
  feed(bytes: Buffer): string {
    let shown = ''
    for (const character of this.#decoder.decode(bytes, {stream: true})) shown += this.#take(character)
    return shown
  }

  #take(character: string): string {
    const code = character.codePointAt(0) ?? 0
    switch (this.#state) {
      case 'text':
        return this.#text(character, code)
      case 'escape':
        return this.#escape(character)
      case 'csi':
        return this.#control(character, code)
      case 'string':
        if (code === BEL || code === 0x9c) this.#state = 'text'
        else if (code === ESC) this.#state = 'string-escape'
        return ''
      case 'string-escape':
        this.#state = character === ST ? 'text' : 'string'
        return ''
      case 'skip-one':
        this.#state = 'text'
        return ''
    }
  }

  #text(character: string, code: number): string {
    if (code === ESC) {
      this.#state = 'escape'
      return ''
    }
    if (code === 0x9b) return this.#begin('csi')
    // The C1 forms of DCS, SOS, OSC, PM and APC begin strings.
    if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) return this.#begin('string')
    if (code === 0x08 || code === 0x09 || code === 0x0a || code === 0x0d) return character
    return /[\p{C}\p{Zl}\p{Zp}]/u.test(character) ? '' : character
  }

  #escape(character: string): string {
    if (character === '[') return this.#begin('csi')
    if (']PX^_'.includes(character)) return this.#begin('string')
    if ('()*+-./#% '.includes(character)) return this.#begin('skip-one')
    this.#state = 'text'
    return '78DEM'.includes(character) ? `\u001b${character}` : ''
  }

  #begin(state: State): string {
    this.#state = state
    this.#sequence = ''
    return ''
  }

  /** Parameter bytes 0x30–0x3f, intermediate bytes 0x20–0x2f, one final byte 0x40–0x7e. */
  #control(character: string, code: number): string {
    if (code >= 0x20 && code <= 0x3f) {
      this.#sequence += character
      if (this.#sequence.length > MAX_SEQUENCE) this.#state = 'text'
      return ''
    }
    this.#state = code === ESC ? 'escape' : 'text'
    const sequence = this.#sequence
    const draws = DRAWING.has(character) && /^[\d;:]*$/.test(sequence)
    const sets = (character === 'h' || character === 'l') && MODES.test(sequence)
    return draws || sets ? `\u001b[${sequence}${character}` : ''
  }
}
