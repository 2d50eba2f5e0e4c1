import type {StoredCapture, UsedCredential} from '../../operations/loot.ts'
import type {Session} from '../../operations/sessions.ts'

import type {Style} from './style.ts'
import {type Column, table} from './table.ts'
import {clock, duration, sanitize} from './text.ts'

const SHORT_HASH = 12

export function sessionsView(sessions: readonly Session[], style: Style, width: number): string {
  if (sessions.length === 0) return 'No sessions.'
  const columns: Column<Session>[] = [
    {title: 'SESSION', value: ({id}) => sanitize(id)},
    {title: 'FROM', value: ({first}) => clock(first)},
    {title: 'TIME', value: ({first, last}) => duration(Date.parse(last) - Date.parse(first))},
    {title: 'DECKY', value: ({decky}) => sanitize(decky), flexible: 'last'},
    {title: 'SERVICE', value: ({service}) => sanitize(service)},
    {title: 'SOURCE', value: ({source}) => sanitize(source ?? '-')},
    {
      title: 'CLASS',
      value: (row) => row.class,
      style: (text, row) => (row.class === 'high-confidence' ? style.bad(text) : text),
      optional: true,
    },
    {title: 'EVENTS', value: ({events}) => String(events), optional: true},
    {title: 'TERMINAL', value: ({terminal}) => (terminal ? 'recorded' : '-')},
  ]
  return table(sessions, columns, width)
}

export function credentialsView(credentials: readonly UsedCredential[], style: Style, width: number): string {
  if (credentials.length === 0) return 'No credentials.'
  const columns: Column<UsedCredential>[] = [
    {title: 'TRIED', value: ({attempts}) => String(attempts)},
    {title: 'USER', value: userText, flexible: 'last'},
    {title: 'METHOD', value: ({method}) => sanitize(method)},
    {
      title: 'SECRET',
      value: ({secret, hash, fingerprint}) => sanitize(secret ?? hash?.line ?? fingerprint ?? ''),
      flexible: true,
    },
    {
      title: 'GOT IN',
      value: ({success}) => (success ? 'yes' : '-'),
      style: (text, row) => (row.success ? style.bad(text) : text),
    },
    {title: 'DECKIES', value: ({deckies}) => String(deckies.length)},
    {title: 'SERVICES', value: ({services}) => sanitize(services.join(', ')), flexible: true, optional: true},
    {title: 'SOURCES', value: ({sources}) => String(sources.length), optional: true},
    {title: 'LAST', value: ({last}) => clock(last), optional: true},
  ]
  return table(credentials, columns, width)
}

export function capturesView(captures: readonly StoredCapture[], width: number): string {
  if (captures.length === 0) return 'No captures.'
  const columns: Column<StoredCapture>[] = [
    {title: 'SHA-256', value: ({sha256}) => sanitize(sha256.slice(0, SHORT_HASH))},
    {title: 'KIND', value: ({kind}) => kind},
    {title: 'SIZE', value: ({size}) => String(size)},
    {title: 'KEPT', value: ({size, kept}) => (kept >= size ? 'all' : String(kept))},
    {title: 'NAME', value: ({name}) => sanitize(name), flexible: true},
    {title: 'DECKIES', value: ({deckies}) => sanitize(deckies.join(', ')), flexible: true},
    {title: 'TIMES', value: ({times}) => String(times), optional: true},
    {title: 'LAST', value: ({last}) => clock(last)},
  ]
  return table(captures, columns, width)
}

function userText({principal, domain}: UsedCredential): string {
  return sanitize(domain === null || domain === '' ? principal : `${domain}\\${principal}`)
}
