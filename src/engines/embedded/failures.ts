/** What goes wrong with a decky, in the words of the engine port. */
import type {Refusal} from '../../decoy/embedded/protocol.ts'
import type {PortFailure} from '../../decoy/port-keeper.ts'
import {printable} from '../../decoy/sample.ts'
import {EngineError, type EngineFault} from '../engine.ts'
import {portHolder} from './port-holder.ts'

const SHOWN = 3

/** The error of waiting that the caller's signal ended: its reason where that is already one of ours. */
export function abandoned(what: string, reason: unknown): Error {
  if (reason instanceof EngineError || (reason instanceof Error && reason.name === 'DecnetError')) return reason
  const late = reason instanceof Error && reason.name === 'TimeoutError'
  return new EngineError('timeout', late ? `${what}: the time for this operation ran out` : `${what}: interrupted`, {
    cause: reason,
  })
}

/** Why a decky is not played. */
export function refusalError(decky: string, bind: string, refusal: Refusal): EngineError {
  switch (refusal.code) {
    case 'not-ready':
      return notReady(decky, bind, refusal.failures, refusal.rolledBack)
    case 'descriptors':
      return new EngineError(
        'capacity',
        `${decky}: the decoy process may open ${refusal.limit} files (RLIMIT_NOFILE), and the fleet needs ${refusal.needed}`,
        {hint: 'raise the hard limit (ulimit -n, LimitNOFILE= in systemd), then end the fleet and deploy it again'},
      )
    case 'record':
      return new EngineError('capacity', `${decky} cannot be written down: ${safe(refusal.message)}`, {
        hint: 'make room in the state directory',
      })
    default:
      return new EngineError('refused', `${decky}: the decoy process refused: ${safe(refusal.message)}`)
  }
}

function notReady(decky: string, bind: string, failures: readonly PortFailure[], rolledBack: boolean): EngineError {
  const worst = failures.find(({code}) => code !== null) ?? failures[0]
  if (worst === undefined) return new EngineError('not-ready', `${decky} is not ready`)
  const {fault, text, hint} = explain(worst, bind)
  const others = failures.filter((failure) => failure !== worst).slice(0, SHOWN)
  const also = others.map(({service, port, protocol}) => `${service} ${port}/${protocol}`).join(', ')
  const more = failures.length > 1 ? `; not up either: ${also}${failures.length > SHOWN + 1 ? ' …' : ''}` : ''
  const outcome = rolledBack ? ' (rolled back: the previous one runs again)' : ''
  return new EngineError(fault, `${decky}: ${text}${more}${outcome}`, {hint})
}

interface Explanation {
  readonly fault: EngineFault
  readonly text: string
  readonly hint?: string
}

function explain({service, port, offset, protocol, stage, code, message}: PortFailure, bind: string): Explanation {
  const bound = port + offset
  const place = `${bind}:${bound}/${protocol}`
  switch (code) {
    case 'EADDRINUSE': {
      const holder = portHolder(bind, bound, protocol) ?? 'another process'
      const hint = 'end what holds it, or choose other ports: --port-offset 10000'
      return {fault: 'address-in-use', text: `${service} cannot listen on ${place}: ${holder} holds it`, hint}
    }
    case 'EACCES':
    case 'EPERM': {
      const text = `${service} may not listen on ${place}: the port needs privilege`
      return {fault: 'permission', text, hint: '--port-offset 10000'}
    }
    case 'EADDRNOTAVAIL': {
      const text = `${service} cannot listen on ${place}: this machine has no address ${bind}`
      return {fault: 'refused', text, hint: missingAddressHint(process.platform, bind)}
    }
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
      return {fault: 'capacity', text: `${service} cannot listen on ${place}: ${safe(message)}`}
    default: {
      const what = stage === 'self-test' ? `${service} on ${place} ${message}` : `${service} on ${place}: ${message}`
      return {fault: 'not-ready', text: safe(what)}
    }
  }
}

export function missingAddressHint(platform: NodeJS.Platform, bind: string): string {
  if (platform === 'linux') return 'bring the loopback interface up: ip link set lo up'
  return `only 127.0.0.1 exists on ${platform}: add the address (sudo ifconfig lo0 alias ${bind}), or use Linux`
}

function safe(text: string): string {
  return printable(Buffer.from(text.slice(0, 600), 'utf8'))
}
