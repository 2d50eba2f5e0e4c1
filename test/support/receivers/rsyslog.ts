/**
 * rsyslog of Debian. It takes lines apart itself and writes what it found as JSON, so that what is compared with is not our
 * reading of them. Its queue is none: what it has read it has written, and what it has not, the sender learns.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Authority} from '../certificates.ts'
import {Daemon, freePort} from './daemon.ts'
import type {Received, Receiver} from './receiver.ts'

export interface SyslogRow {
  readonly pri: string
  readonly ts: string
  readonly host: string
  readonly app: string
  readonly process: string
  readonly msgid: string
  readonly message: string
  /** Structured data: by element and parameter. */
  readonly 'rfc5424-sd'?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export type Transport = 'udp' | 'tcp' | 'tls'

const SD_ID = 'relay@55555'

export class Rsyslog implements Receiver {
  readonly daemon: Daemon
  readonly settings: readonly string[]
  readonly #rows: string

  private constructor(daemon: Daemon, settings: readonly string[], rows: string) {
    this.daemon = daemon
    this.settings = settings
    this.#rows = rows
  }

  static async create(directory: string, transport: Transport): Promise<Rsyslog> {
    const port = await freePort()
    const place = (name: string): string => join(directory, `${transport}-${name}`)
    const authority = transport === 'tls' ? await Authority.create(place('ca')) : null
    await authority?.issue('receiver')
    const ca = authority?.path('ca.pem')
    const certificates =
      authority === null
        ? ''
        : `global(defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="${ca}"
             defaultNetstreamDriverCertFile="${authority.path('receiver.crt')}"
             defaultNetstreamDriverKeyFile="${authority.path('receiver.key')}")`
    writeFileSync(place('conf'), [certificates, configuration(transport, port, place('rows'), directory)].join('\n'))
    const args = ['-n', '-f', place('conf'), '-i', place('pid')]
    const daemon = new Daemon({
      command: '/usr/sbin/rsyslogd',
      args,
      log: place('log'),
      port: transport === 'udp' ? null : port,
    })
    const settings = ['host=127.0.0.1', `port=${port}`, `transport=${transport}`, ...(ca ? [`ca=${ca}`] : [])]
    return new Rsyslog(daemon, settings, place('rows'))
  }

  /** What it wrote. A half line is what a kill left of it. */
  rows(): SyslogRow[] {
    return this.lines().flatMap((line) => {
      try {
        return [JSON.parse(line) as SyslogRow]
      } catch {
        return []
      }
    })
  }

  lines(): string[] {
    return existsSync(this.#rows) ? readFileSync(this.#rows, 'utf8').split('\n').slice(0, -1) : []
  }

  received(): Received[] {
    return this.rows().map((row) => ({id: idOf(row), content: JSON.stringify(row)}))
  }
}

/** The structured data of a line of ours. */
export function fieldsOf(row: SyslogRow): Readonly<Record<string, string>> {
  return row['rfc5424-sd']?.[SD_ID] ?? {}
}

function idOf(row: SyslogRow): string {
  const {id, incident, class: eventClass} = fieldsOf(row)
  return id ?? `${incident} ${row.msgid} ${eventClass}`
}

function configuration(transport: Transport, port: number, rows: string, workDirectory: string): string {
  const tls = transport === 'tls' ? ' streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon"' : ''
  const input = transport === 'udp' ? 'imudp' : 'imtcp'
  // Escaping is off, so that a control character in a line would be one in its output, or break it.
  return `
global(workDirectory="${workDirectory}" maxMessageSize="128k" parser.escapeControlCharactersOnReceive="off")
module(load="mmpstrucdata")
module(load="${input}"${tls})
template(name="ts" type="string" string="%timereported:::date-rfc3339%")
template(name="row" type="list") {
  property(name="$!all-json-plain")
  constant(value="\\n")
}
ruleset(name="decnet" queue.type="Direct") {
  action(type="mmpstrucdata" sd_name.lowercase="off")
  set $!pri = $pri;
  set $!ts = exec_template("ts");
  set $!host = $hostname;
  set $!app = $app-name;
  set $!process = $procid;
  set $!msgid = $msgid;
  set $!message = $msg;
  action(type="omfile" file="${rows}" template="row" flushOnTXEnd="on")
}
input(type="${input}" address="127.0.0.1" port="${port}" ruleset="decnet"${transport === 'udp' ? ' rcvbufSize="16m"' : ''})
`
}
