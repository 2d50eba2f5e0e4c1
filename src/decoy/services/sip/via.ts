/** The Via headers of a response (RFC 3261 §18.2.1, RFC 3581): the topmost says where the request really came from. */
import type {SipRequest} from './message.ts'
import {headerValues} from './message.ts'

export interface Source {
  readonly ip: string
  readonly port: number
}

/** One Via header may hold several, separated by commas. */
const topmost = (value: string): [first: string, rest: string] => {
  const comma = value.indexOf(',')
  return comma < 0 ? [value.trim(), ''] : [value.slice(0, comma).trim(), value.slice(comma)]
}

/** What chan_sip makes of them: the parameters that it adds come last. */
export function chanSipVias(request: SipRequest, source: Source): string[] {
  const [top = '', ...others] = headerValues(request.headers, 'via')
  const [first, rest] = topmost(top)
  const asked = /;\s*rport(?=;|$)/i.test(first)
  const plain = first.replace(/;\s*rport(?=;|$)/i, '')
  const added = `;received=${source.ip}${asked ? `;rport=${source.port}` : ''}`
  return [`${plain}${added}${rest}`, ...others]
}

/** What PJSIP makes of them: parameters in an order of its own, rport even where nobody asked for it. */
export function pjsipVias(request: SipRequest, source: Source): string[] {
  const [top = '', ...others] = headerValues(request.headers, 'via')
  const [first, rest] = topmost(top)
  const [sentBy = '', ...parameters] = first.split(';').map((part) => part.trim())
  const named = (name: string): string[] => parameters.filter((each) => each.toLowerCase().startsWith(name))
  const kept = parameters.filter((each) => !/^(?:rport|received|branch|ttl|maddr)(?:=|$)/i.test(each))
  const all = [
    sentBy,
    ...named('ttl='),
    `rport=${source.port}`,
    ...named('maddr='),
    `received=${source.ip}`,
    ...named('branch='),
    ...kept,
  ]
  return [`${all.join(';')}${rest}`, ...others]
}

/** PJSIP answers with the branch of the request as its tag. */
export function branchOf(request: SipRequest): string {
  const [top = ''] = headerValues(request.headers, 'via')
  return /;\s*branch=([^;,\s]{1,256})/i.exec(top)?.[1] ?? ''
}
