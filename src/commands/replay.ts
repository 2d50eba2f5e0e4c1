import {setTimeout as sleep} from 'node:timers/promises'

import {Flags} from '@oclif/core'

import {textArgument} from '../cli/args.ts'
import {BaseCommand} from '../cli/base-command.ts'
import {STATE_EXITS} from '../cli/exit-codes.ts'
import {failureOf} from '../cli/failure.ts'
import {transcriptText} from '../cli/views/transcript.ts'
import {asciicastOf} from '../events/replay/asciicast.ts'
import {type Recording, recordingOf} from '../events/replay/recording.ts'
import {SafeTerminal} from '../events/replay/safe-terminal.ts'
import {DecnetError} from '../fleet/errors.ts'
import {sessionOf} from '../operations/sessions.ts'

export default class Replay extends BaseCommand {
  static override summary = 'Watch what went over the terminal of a session.'
  static override description =
    'A session without a terminal, such as one with a database, is shown as text with its times. Of what the intruder saw, only text and what draws it reaches your terminal: nothing that could make it answer, or change its title or clipboard. With --asciicast: written as asciinema shows it, with all there was. ID may be the beginning of one.'
  static override enableJsonFlag = false
  static override exits = STATE_EXITS
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3fa9',
    '<%= config.bin %> <%= command.id %> 3fa9 --speed 4 --max-pause 1',
    '<%= config.bin %> <%= command.id %> 3fa9 --asciicast > session.cast',
  ]
  static override args = {id: textArgument({required: true, description: 'Id of a session.'})}
  static override flags = {
    speed: Flags.integer({summary: 'So many times as fast; 0: at once.', min: 0, max: 10_000, default: 1}),
    'max-pause': Flags.integer({summary: 'Seconds that a pause lasts at most.', min: 0, default: 3}),
    asciicast: Flags.boolean({default: false, summary: 'Write it in the format asciicast v2.', exclusive: ['text']}),
    text: Flags.boolean({
      default: false,
      summary: 'Show the events of the session as text, also where it has a terminal.',
    }),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Replay)
    const {deps, style} = await this.makeContext(flags)
    const {id, events: stored} = sessionOf(deps, args.id)
    const events = stored.map(({event}) => event)
    const recording = flags.text ? null : recordingOf(events)
    if (recording === null) {
      if (flags.asciicast) {
        throw new DecnetError('USAGE', `session ${id} has no terminal`, {
          hint: '`decnet sessions --terminal` shows those that do',
        })
      }
      this.print(transcriptText(events, style))
      return
    }
    const [first] = events
    if (flags.asciicast) {
      const title = `${first?.decky ?? ''} ${first?.service ?? ''} ${first?.src?.ip ?? ''}`
      process.stdout.write(asciicastOf(recording, {startedAt: first?.ts ?? '', title}))
      return
    }
    await this.#play(recording, {speed: flags.speed, maxPauseMs: flags['max-pause'] * 1000})
    const end = recording.truncated ? 'What came later is not kept.' : 'End of the recording.'
    // Whatever the intruder left switched on: colours, a hidden cursor, another screen.
    const restore = process.stdout.isTTY === true ? '\u001b[0m\u001b[?25h\u001b[?1049l' : ''
    process.stdout.write(`${restore}\n`)
    process.stderr.write(`${style.faint(end)}\n`)
  }

  async #play({frames}: Recording, {speed, maxPauseMs}: {speed: number; maxPauseMs: number}): Promise<void> {
    const terminal = new SafeTerminal()
    let at = 0
    for (const [ms, way, base64] of frames) {
      if (way === 'i') continue
      const pause = speed === 0 ? 0 : Math.min((ms - at) / speed, maxPauseMs)
      at = ms
      if (pause > 0) await sleep(pause, undefined, {signal: this.signal}).catch(() => undefined)
      if (this.signal.aborted) {
        process.exitCode = failureOf(this.signal.reason).exit
        return
      }
      process.stdout.write(terminal.feed(Buffer.from(base64, 'base64')))
    }
  }
}
