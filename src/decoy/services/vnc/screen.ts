/** The session after the password: pictures for the client, evidence of its keys, clicks and clipboard. */
import type {Limits} from '../../limits.ts'
import type {Persona} from '../../persona.ts'
import {sample} from '../../sample.ts'
import {type Action, report, write} from '../../service.ts'
import {type Area, type ClientMessage, nextMessage, type PixelFormat, writePixelFormat} from './client-messages.ts'
import {ENCODING, pixelsOf, updateMessage} from './encodings.ts'
import type {Inbox} from './inbox.ts'
import {Keyboard} from './keyboard.ts'
import type {Picture} from './screen/canvas.ts'
import {signInScreen} from './screen/desktop.ts'

/** Clicks recorded in one session; the rest of them tell nothing new. */
const MAX_CLICKS = 32

const NATIVE: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  max: [255, 255, 255],
  shift: [16, 8, 0],
}

export interface Played {
  readonly actions: readonly Action[]
  /** The server gives up. */
  readonly over: boolean
}

export class Screen {
  readonly #limits: Limits
  readonly #picture: Picture
  readonly #keyboard = new Keyboard()
  #pixels: readonly Buffer[]
  #encoding: number = ENCODING.raw
  #clicks = 0
  #buttons = 0
  #messages = 0

  constructor(persona: Persona, limits: Limits, now: () => number) {
    this.#limits = limits
    this.#picture = signInScreen(persona, now())
    this.#pixels = pixelsOf(this.#picture, NATIVE) ?? []
  }

  /** ServerInit (section 7.3.2) without the name. */
  serverInit(): Buffer {
    const size = Buffer.alloc(4)
    size.writeUInt16BE(this.#picture.width)
    size.writeUInt16BE(this.#picture.height, 2)
    return Buffer.concat([size, writePixelFormat(NATIVE)])
  }

  /**
   * All messages that are there. Requests for the screen are answered once, after them, as a server does that sends
   * when it gets to it. Null: there was none.
   */
  play(inbox: Inbox): Played | null {
    const actions: Action[] = []
    let wanted: Area | null = null
    let read = 0
    for (let message = this.#next(inbox); message !== null; message = this.#next(inbox)) {
      read++
      if (message.type === 'unknown' || !this.#handle(message, actions)) return this.#giveUp(message, actions, inbox)
      if (message.type === 'update' && !message.incremental) wanted = joined(wanted, message.area)
    }
    const area = wanted === null ? null : this.#visible(wanted)
    if (area !== null) actions.push(write(updateMessage(this.#picture, area, this.#pixels, this.#encoding)))
    return read === 0 ? null : {actions, over: false}
  }

  /** What was typed and not finished by Return. */
  end(): Action[] {
    const line = this.#keyboard.take()
    return line === '' ? [] : [this.#typed(line)]
  }

  #next(inbox: Inbox): ClientMessage | null {
    return nextMessage(inbox, this.#limits.sample)
  }

  /** False: nothing that the server could go on with. */
  #handle(message: ClientMessage, actions: Action[]): boolean {
    switch (message.type) {
      case 'pixel-format': {
        const pixels = pixelsOf(this.#picture, message.format)
        if (pixels !== null) this.#pixels = pixels
        return pixels !== null
      }
      case 'encodings':
        this.#encoding = message.encodings.find((code) => code === ENCODING.raw || code === ENCODING.hextile) ?? 0
        return true
      case 'key':
        return this.#key(message, actions)
      case 'pointer':
        this.#pointer(message, actions)
        return true
      case 'cut-text': {
        const {text, length} = message
        actions.push(
          report({
            event: 'request',
            data: {action: 'clipboard', length, text: sample(text, this.#limits.sample)},
          }),
        )
        return this.#count()
      }
      default:
        return true
    }
  }

  #key({down, keysym}: {down: boolean; keysym: number}, actions: Action[]): boolean {
    if (!down) return true
    const line = this.#keyboard.press(keysym)
    if (line === null) return true
    actions.push(this.#typed(line))
    return this.#count()
  }

  #pointer({buttons, x, y}: {buttons: number; x: number; y: number}, actions: Action[]): void {
    const pressed = buttons & ~this.#buttons
    this.#buttons = buttons
    if (pressed === 0 || this.#clicks >= MAX_CLICKS) return
    this.#clicks++
    actions.push(report({event: 'request', data: {action: 'click', buttons: pressed, x, y}}))
  }

  #count(): boolean {
    return ++this.#messages < this.#limits.commands
  }

  #typed(line: string): Action {
    return report({event: 'command', data: {kind: 'keys', line: sample(line, this.#limits.sample)}})
  }

  #giveUp(message: ClientMessage, actions: Action[], inbox: Inbox): Played {
    const input = sample(inbox.all, this.#limits.sample)
    const reason = message.type === 'unknown' ? `message ${message.number}` : message.type
    return {actions: [...actions, ...this.end(), report({event: 'malformed', data: {reason, input}})], over: true}
  }

  /** Null: nothing of it is on the screen. */
  #visible({x, y, width, height}: Area): Area | null {
    const right = Math.min(x + width, this.#picture.width)
    const bottom = Math.min(y + height, this.#picture.height)
    return right > x && bottom > y ? {x, y, width: right - x, height: bottom - y} : null
  }
}

function joined(one: Area | null, other: Area): Area {
  if (one === null) return other
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)]
  return {
    x,
    y,
    width: Math.max(one.x + one.width, other.x + other.width) - x,
    height: Math.max(one.y + one.height, other.y + other.height) - y,
  }
}
