/** Python's HTTP server as the receiver of webhooks and bulk requests; the signature is verified by its own library. */
import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {Daemon, freePort} from './daemon.ts'
import type {Received, Receiver} from './receiver.ts'

const SECRET = 'shared by both'

export interface Request {
  readonly path: string
  readonly key: string | null
  readonly body: string
}

/** @param name of the files it leaves in the directory. */
export async function httpServer(directory: string, name: string) {
  const port = await freePort()
  const rows = join(directory, `${name}-rows`)
  const script = join(import.meta.dirname, 'http-receiver.py')
  const args = ['-u', script, String(port), rows, SECRET]
  const daemon = new Daemon({command: '/usr/bin/python3', args, log: join(directory, `${name}-log`), port})
  const url = `http://127.0.0.1:${port}`
  const requests = (): Request[] => {
    if (!existsSync(rows)) return []
    return readFileSync(rows, 'utf8')
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as Request]
        } catch {
          return []
        }
      })
  }
  return {daemon, url, requests}
}

type HttpServer = Awaited<ReturnType<typeof httpServer>>

/** Lines of `json`, each an event or an alert. */
export function webhook({daemon, url, requests}: HttpServer): Receiver {
  return {
    daemon,
    settings: [`url=${url}/signed`, `secret=${SECRET}`, 'allow-private=yes', 'events=scan'],
    received: () =>
      requests()
        .filter(({path}) => path === '/signed')
        .flatMap(({body}) => body.trimEnd().split('\n'))
        .map(jsonReceived),
  }
}

export function elasticsearch({daemon, url, requests}: HttpServer): Receiver {
  return {
    daemon,
    settings: [`url=${url}`],
    received: () =>
      requests()
        .filter(({path}) => path.endsWith('/_bulk'))
        .map(({key, body}) => ({id: String(key), content: body})),
  }
}

/** @param path tells the two chats from each other. */
export function chat({daemon, url, requests}: HttpServer, path: string): Receiver {
  return {
    daemon,
    settings: [`url=${url}${path}`, 'allow-private=yes'],
    received: () =>
      requests()
        .filter((request) => request.path === path)
        .map(({body}) => {
          const [, incident, reason, eventClass] = /incident (\d+) (\w+), ([\w-]+):/.exec(body) ?? []
          return {id: `${incident} ${reason} ${eventClass}`, content: body}
        }),
  }
}

/** A line of the `json` format. */
export function jsonReceived(line: string): Received {
  const {id, alert} = JSON.parse(line) as {id?: string; alert?: {incident: number; id: number}}
  return {id: id ?? `incident-${alert?.incident}-${alert?.id}`, content: line}
}
