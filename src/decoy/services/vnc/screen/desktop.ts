/** What is on the screen of a machine that nobody sits at: the sign-in of its system. */

import {placeOf} from '../../../persona/place.ts'
import type {Persona} from '../../../persona.ts'
import {Canvas, LINE_HEIGHT, type Picture} from './canvas.ts'

type Size = readonly [width: number, height: number]
const SIZES: readonly Size[] = [
  [800, 600],
  [1024, 768],
]
const STAFF = ['admin', 'operator', 'service', 'helpdesk', 'sysadm']

const WHITE = 0xffffff
const BLACK = 0x000000

export function sizeOf(persona: Persona): Size {
  return persona.pick('screen size', SIZES)
}

/** The picture at this moment: clocks go on, to the minute. */
export function signInScreen(persona: Persona, now: number): Picture {
  const {os} = persona.facts
  if (os.startsWith('windows')) return windowsLock(persona, now)
  return os === 'linux' || os === 'bsd' ? greeter(persona, now) : panel(persona, now)
}

function windowsLock(persona: Persona, now: number): Picture {
  const [width, height] = sizeOf(persona)
  const server = persona.facts.os === 'windows_server'
  const canvas = new Canvas(
    width,
    height,
    server ? 0x0a3a6a : persona.pick('wallpaper', [0x004e8c, 0x1f4e79, 0x2b3a55]),
  )
  const {clock, date} = clockOf(persona, now)
  if (server) canvas.centred(Math.round(height * 0.3), 'Press Ctrl+Alt+Delete to unlock.', WHITE, 2)
  canvas.text(Math.round(width * 0.05), Math.round(height * 0.7), clock, WHITE, 8)
  canvas.text(Math.round(width * 0.05), Math.round(height * 0.7) + 8 * LINE_HEIGHT, date, WHITE, 3)
  // The symbol of the network, at the lower right.
  canvas.frame(width - 44, height - 40, 18, 12, WHITE)
  canvas.fill(width - 37, height - 28, 4, 4, WHITE)
  canvas.fill(width - 41, height - 24, 12, 1, WHITE)
  return canvas
}

/** A bar with the host's name and the time, and a box that asks for user and password. */
function greeter(persona: Persona, now: number): Picture {
  const [width, height] = sizeOf(persona)
  const canvas = new Canvas(width, height, persona.pick('wallpaper', [0x2c001e, 0x1d3b53, 0x23282d, 0x2e3436]))
  const {clock, date} = clockOf(persona, now)
  canvas.fill(0, 0, width, 28, 0x1b1b1b)
  canvas.text(10, 10, persona.hostname, 0xdddddd)
  canvas.text(width - 10 - 6 * `${date}  ${clock}`.length, 10, `${date}  ${clock}`, 0xdddddd)
  const [boxWidth, boxHeight] = [360, 190]
  const [left, top] = [Math.round((width - boxWidth) / 2), Math.round((height - boxHeight) / 2)]
  canvas.fill(left, top, boxWidth, boxHeight, 0xe8e8e7)
  canvas.frame(left, top, boxWidth, boxHeight, 0x8b8b8b)
  canvas.centred(top + 18, persona.hostname, BLACK, 2)
  field(canvas, left + 30, top + 56, 300, persona.pick('greeter user', STAFF))
  field(canvas, left + 30, top + 96, 300, '')
  canvas.fill(left + 230, top + 142, 100, 28, 0x3465a4)
  canvas.centred(top + 152, 'Log In', WHITE, 1, left + 280)
  return canvas
}

function field(canvas: Canvas, x: number, y: number, width: number, text: string): void {
  canvas.fill(x, y, width, 28, WHITE)
  canvas.frame(x, y, width, 28, 0x999999)
  canvas.text(x + 10, y + 10, text, 0x333333)
}

/** The front panel of a device. */
function panel(persona: Persona, now: number): Picture {
  const [width, height] = sizeOf(persona)
  const canvas = new Canvas(width, height, 0xc0c0c0)
  const {clock, date} = clockOf(persona, now)
  canvas.fill(0, 0, width, 40, 0x000080)
  canvas.text(12, 13, persona.hostname, WHITE, 2)
  canvas.text(width - 12 - 12 * clock.length, 13, clock, WHITE, 2)
  const rows = [`Address: ${persona.facts.ip}`, `Date: ${date}`, 'State: running', 'Operator: not signed in']
  for (const [index, row] of rows.entries()) canvas.text(40, 90 + index * 3 * LINE_HEIGHT, row, BLACK, 2)
  for (const [index, name] of ['Overview', 'Alarms', 'Trends', 'Sign in'].entries()) {
    const x = 20 + index * 180
    canvas.fill(x, height - 70, 160, 50, 0xdfdfdf)
    canvas.frame(x, height - 70, 160, 50, 0x404040)
    canvas.centred(height - 52, name, BLACK, 2, x + 80)
  }
  return canvas
}

function clockOf(persona: Persona, now: number): {clock: string; date: string} {
  const {timeZone} = placeOf(persona)
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-GB', {timeZone, ...options}).format(now)
  return {
    clock: format({hour: '2-digit', minute: '2-digit'}),
    date: format({weekday: 'long', day: 'numeric', month: 'long'}),
  }
}
