/** The commands of PJL, by name. Those that are known and say nothing have empty handlers. */
import type {Credential} from '../../../events/event.ts'
import {Upload} from '../../files/upload.ts'
import {Intake} from '../../printing/intake.ts'
import {sample} from '../../sample.ts'
import {fileReadEvent} from '../../shell/evidence.ts'
import {count, type PjlCommand} from './command.ts'
import {infoLines, statusLines} from './info.ts'
import type {JetDirectSession} from './session.ts'
import {FileError} from './volume.ts'

type Handler = (session: JetDirectSession, command: PjlCommand) => void

/** What a display has room for. */
const DISPLAY_LENGTH = 80
const UNKNOWN = '"?"'
const ACCESS_DENIED = 26

const silent: Handler = () => {}

const echo: Handler = (session, {rest}) => session.answer(`ECHO ${rest}`, [])

const info: Handler = (session, {rest}) => {
  const {server} = session
  const lines = infoLines(rest, {...server, environment: session.environment, free: server.volume.free})
  const [first = '', ...others] = lines ?? [UNKNOWN]
  // The table of volumes begins on the line of the command.
  if (first.startsWith('[')) session.answer(`INFO ${rest} ${first}`, others)
  else session.answer(`INFO ${rest}`, lines ?? [UNKNOWN])
}

/** The last word: what is before it says of which language the variable is. */
const variableOf = (rest: string): string => /([A-Za-z0-9]+)\s*$/.exec(rest.slice(0, 256))?.[1] ?? ''

const inquire: Handler = (session, {rest}) =>
  session.answer(`INQUIRE ${rest}`, [session.environment.get(variableOf(rest)) ?? UNKNOWN])

const inquireDefault: Handler = (session, {rest}) =>
  session.answer(`DINQUIRE ${rest}`, [session.server.defaults.get(variableOf(rest)) ?? UNKNOWN])

const set: Handler = (session, {options}) => {
  for (const [name, value] of options) session.environment.set(name, value)
  session.ticket.name = options.get('JOBNAME') ?? session.ticket.name
  session.ticket.user = options.get('USERNAME') ?? session.ticket.user
}

const setDefault: Handler = (session, {options}) => {
  const password = options.get('PASSWORD')
  if (password !== undefined) tryPassword(session, password)
  if (session.server.password !== null && !session.unlocked) return
  for (const [name, value] of options) session.server.defaults.set(name, value)
}

const job: Handler = (session, {options}) => {
  const password = options.get('PASSWORD')
  if (password !== undefined) tryPassword(session, password)
  session.ticket.name = options.get('NAME') ?? session.ticket.name
  const display = options.get('DISPLAY')
  if (display !== undefined) session.server.panel.message = display.slice(0, DISPLAY_LENGTH)
  if (session.subscriptions.job) session.answer('USTATUS JOB', ['START', `NAME="${session.ticket.name}"`])
}

/** A printer says nothing of a wrong one: what it protects stays as it is. */
function tryPassword(session: JetDirectSession, given: string): void {
  const {password} = session.server
  const success = password !== null && count(given) === password
  if (success) session.unlocked = true
  const credential: Credential = {
    principal: '',
    method: 'pjl',
    secret: sample(Buffer.from(given, 'latin1'), session.connection.limits.credential),
    outcome: success ? 'success' : 'failure',
  }
  session.report({event: 'auth.attempt', credential})
}

const enter: Handler = (session, {options}) => {
  session.ticket.language = (options.get('LANGUAGE') ?? 'AUTO').toUpperCase().slice(0, 32)
  session.enterJob()
}

/** What RDYMSG, OPMSG and STMSG put on the display; the last two wait for somebody to press a key. */
const message =
  (offline: boolean): Handler =>
  (session, {options}) => {
    const {panel} = session.server
    const text = (options.get('DISPLAY') ?? '').slice(0, DISPLAY_LENGTH)
    panel.message = text === '' ? null : text
    panel.offline = offline && text !== ''
    if (session.subscriptions.device) session.answer('USTATUS DEVICE', statusLines(session.server))
  }

const subscribe: Handler = (session, {options}) => {
  const {subscriptions} = session
  const wants = (name: string, before: boolean): boolean => {
    const value = options.get(name)?.toUpperCase()
    return value === undefined ? before : value !== 'OFF'
  }
  subscriptions.device = wants('DEVICE', subscriptions.device)
  subscriptions.job = wants('JOB', subscriptions.job)
  subscriptions.page = wants('PAGE', subscriptions.page)
  const timed = count(options.get('TIMED'))
  if (timed === null) return
  subscriptions.timed = timed >= 5 && timed <= 300 ? timed : 0
  session.startClock()
}

const unsubscribe: Handler = ({subscriptions}) => {
  Object.assign(subscriptions, {device: false, job: false, page: false, timed: 0})
}

const reset: Handler = (session) => {
  session.environment = session.server.defaults.ofJob()
}

const initialize: Handler = (session) => {
  if (session.server.password === null || session.unlocked) session.server.defaults.reset()
  reset(session, {name: 'RESET', rest: '', options: new Map()})
}

/** A file command where PJL may use the volume; else it is denied. */
const onVolume =
  (run: (session: JetDirectSession, name: string, command: PjlCommand) => void): Handler =>
  (session, command) => {
    if (!session.server.filesystem) throw new FileError(ACCESS_DENIED)
    run(session, command.options.get('NAME') ?? '', command)
  }

const directory = onVolume((session, name, {options}) => {
  const first = Math.max(1, count(options.get('ENTRY')) ?? 1)
  const lines = session.server.volume.list(name, first, count(options.get('COUNT')) ?? Number.MAX_SAFE_INTEGER)
  session.answer(`FSDIRLIST NAME="${name}" ENTRY=${first}`, lines)
})

const query = onVolume((session, name) => {
  session.answer(`FSQUERY NAME="${name}" ${session.server.volume.query(name)}`, [])
})

const upload = onVolume((session, name, {options}) => {
  const content = session.server.volume.read(name)
  const offset = Math.min(count(options.get('OFFSET')) ?? 0, content.length)
  const size = Math.min(count(options.get('SIZE')) ?? content.length, content.length - offset)
  session.report(fileReadEvent(name))
  session.say(`@PJL FSUPLOAD FORMAT:BINARY NAME="${name}" OFFSET=${offset} SIZE=${size}\r\n`)
  session.say(content.subarray(offset, offset + size))
  session.say('\f')
})

const download =
  (append: boolean): Handler =>
  (session, {options}) => {
    const {server, connection} = session
    const upload = server.filesystem ? new Upload(server.pool, connection.limits.uploadBytes) : null
    const name = options.get('NAME') ?? ''
    session.receive(count(options.get('SIZE')) ?? 0, {name, append, upload, intake: new Intake(connection.limits)})
  }

/** These say nothing when they succeed, nor when they fail. */
const quietly = (run: (session: JetDirectSession, name: string) => void): Handler =>
  onVolume((session, name) => {
    try {
      run(session, name)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
    }
  })

export const COMMANDS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['', silent],
  ['COMMENT', silent],
  ['DEFAULT', setDefault],
  ['DINQUIRE', inquireDefault],
  ['DMCMD', silent],
  ['DMINFO', silent],
  ['ECHO', echo],
  ['ENTER', enter],
  ['EOJ', silent],
  ['FSAPPEND', download(true)],
  ['FSDELETE', quietly(({server}, name) => server.volume.remove(name))],
  ['FSDIRLIST', directory],
  ['FSDOWNLOAD', download(false)],
  ['FSINIT', silent],
  ['FSMKDIR', quietly(({server}, name) => server.volume.mkdir(name))],
  ['FSQUERY', query],
  ['FSUPLOAD', upload],
  ['INFO', info],
  ['INITIALIZE', initialize],
  ['INQUIRE', inquire],
  ['JOB', job],
  ['OPMSG', message(true)],
  ['RDYMSG', message(false)],
  ['RESET', reset],
  ['SET', set],
  ['STMSG', message(true)],
  ['USTATUS', subscribe],
  ['USTATUSOFF', unsubscribe],
])
