/** Run-time parameters. */
import {placeOf} from '../../../persona/place.ts'
import {failure} from '../errors.ts'
import type {ServerFacts, SessionState} from './session-state.ts'

/** Those that the server reports at the start of a session, in its order. */
export const REPORTED = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'default_transaction_read_only',
  'in_hot_standby',
  'integer_datetimes',
  'IntervalStyle',
  'is_superuser',
  'server_encoding',
  'server_version',
  'session_authorization',
  'standard_conforming_strings',
  'TimeZone',
] as const

/** `parameters`: of the startup packet. */
export function settingsOf(
  server: ServerFacts,
  user: string,
  parameters: ReadonlyMap<string, string>,
): Map<string, string> {
  const {release, persona, port} = server
  const [number = '', minor = '0'] = release.shown.split(/[. ]/)
  const data = release.windows ? `C:/Program Files/PostgreSQL/${number}/data` : `/var/lib/postgresql/${number}/main`
  const settings: Record<string, string> = {
    application_name: '',
    client_encoding: 'UTF8',
    config_file: release.windows ? `${data}/postgresql.conf` : `/etc/postgresql/${number}/main/postgresql.conf`,
    data_directory: data,
    DateStyle: 'ISO, MDY',
    default_transaction_read_only: 'off',
    in_hot_standby: 'off',
    integer_datetimes: 'on',
    IntervalStyle: 'postgres',
    is_superuser: 'off',
    listen_addresses: '*',
    max_connections: '100',
    port: String(port),
    search_path: '"$user", public',
    server_encoding: 'UTF8',
    server_version: release.shown,
    server_version_num: `${number}${minor.padStart(4, '0')}`,
    session_authorization: user,
    shared_buffers: '128MB',
    ssl: 'on',
    standard_conforming_strings: 'on',
    statement_timeout: '30s',
    TimeZone: placeOf(persona).timeZone,
    transaction_isolation: 'read committed',
  }
  const asked = [...parameters].filter(
    ([name]) => Object.hasOwn(settings, name) && /^(?:application_name|client_encoding)$/.test(name),
  )
  return new Map([...Object.entries(settings), ...asked])
}

/** Named without regard to case. */
export function setting({settings}: SessionState, name: string): string {
  for (const [key, value] of settings) if (key.toLowerCase() === name.toLowerCase()) return value
  throw failure('42704', `unrecognized configuration parameter "${name}"`, ['guc.c', 5734, 'find_option'])
}
