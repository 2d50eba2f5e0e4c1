/** One HTTP request out, with a bounded answer, to nowhere that the operator did not mean. */
import {lookup} from 'node:dns'
import {request as httpRequest} from 'node:http'
import {request as httpsRequest} from 'node:https'
import {BlockList, isIP, type LookupFunction} from 'node:net'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** Whether private, loopback and link-local addresses may be asked. */
  readonly allowPrivate: boolean
  readonly ca?: Buffer | undefined
}

export interface Answer {
  readonly status: number
  readonly body: string
}

const MAX_ANSWER = 4 * 1024 * 1024

/** Rejects where there is no answer; any status is an answer. Redirects are not followed: they would get the secrets. */
export function post({url, headers, body, allowPrivate, ca}: Post, signal: AbortSignal): Promise<Answer> {
  const target = new URL(url)
  const bytes = Buffer.from(body)
  return new Promise((resolve, reject) => {
    const refusal = allowPrivate ? null : refusalOf(target.hostname.replace(/^\[|\]$/g, ''))
    if (refusal !== null) return reject(refusal)
    const send = target.protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(target, {
      method: 'POST',
      headers: {...headers, 'Content-Length': String(bytes.length)},
      agent: false,
      signal,
      rejectUnauthorized: true,
      ...(ca !== undefined && {ca}),
      // The guard is on the address that is connected to, whatever the name says a moment later.
      ...(allowPrivate ? {} : {lookup: guardedLookup}),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const parts: Buffer[] = []
      let size = 0
      response.on('data', (part: Buffer) => {
        size += part.length
        if (size > MAX_ANSWER) response.destroy(new Error('the answer is too large'))
        else parts.push(part)
      })
      response.on('error', reject)
      response.on('end', () => resolve({status: response.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8')}))
    })
    request.end(bytes)
  })
}

/** Not 2xx: as an error that says what the receiver said. */
export function accepted({status, body}: Answer): void {
  if (status >= 200 && status < 300) return
  throw new Error(`answered ${status}: ${body.slice(0, 200)}`)
}

const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6')
}

/** Null for a name, and for an address that anybody may be asked at. */
function refusalOf(host: string): Error | null {
  const family = isIP(host)
  if (family === 0 || !PRIVATE.check(host, family === 6 ? 'ipv6' : 'ipv4')) return null
  return new Error(`${host} is a private address; allow-private=yes lets it be one`)
}

const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, {...options, all: true}, (error, addresses) => {
    if (error !== null) return callback(error, '')
    const refusal = addresses.map(({address}) => refusalOf(address)).find((each) => each !== null)
    if (refusal !== undefined) return callback(refusal, '')
    if (options.all === true) return callback(null, addresses)
    const [first] = addresses
    callback(null, first?.address ?? '', first?.family)
  })
}
