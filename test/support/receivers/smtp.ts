/** aiosmtpd of Debian, which has each mail in a maildir before it answers. */
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Daemon, freePort} from './daemon.ts'
import type {Received, Receiver} from './receiver.ts'

export class Smtp implements Receiver {
  readonly daemon: Daemon
  readonly settings: readonly string[]
  readonly #maildir: string

  private constructor(daemon: Daemon, port: number, maildir: string) {
    this.daemon = daemon
    this.settings = [`url=smtp://127.0.0.1:${port}`, 'from=decnet@corp.example', 'to=duty@corp.example']
    this.#maildir = maildir
  }

  static async create(directory: string): Promise<Smtp> {
    const port = await freePort()
    const maildir = join(directory, 'maildir')
    const args = ['-n', '-l', `127.0.0.1:${port}`, '-c', 'aiosmtpd.handlers.Mailbox', maildir]
    return new Smtp(new Daemon({command: 'aiosmtpd', args, log: join(directory, 'smtp-log'), port}), port, maildir)
  }

  mails(): string[] {
    const folder = join(this.#maildir, 'new')
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .toSorted((a, b) => delivered(a) - delivered(b))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
  }

  /** What each mail tells of, one alert after the other. */
  received(): Received[] {
    return this.mails().flatMap((mail) =>
      mail
        .slice(mail.search(/\r?\n\r?\n/))
        .trim()
        .split(/\r?\n\r?\n/)
        .map((content) => ({id: /^Id: (\S+)$/m.exec(content)?.[1] ?? '', content})),
    )
  }
}

/** Names of a maildir begin with seconds and microseconds. */
function delivered(name: string): number {
  const [, seconds = '0', micro = '0'] = /^(\d+)\.M(\d+)/.exec(name) ?? []
  return Number(seconds) * 1e6 + Number(micro)
}
