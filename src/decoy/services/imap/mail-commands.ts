/** All commands of somebody who is signed in. */

import {SEPARATOR} from '../../mailbox/folders.ts'
import {append} from './append.ts'
import {textOf} from './arguments.ts'
import {close, copy, expungeFolder, move, store} from './commands-folder.ts'
import {FOLDERS_COMMANDS} from './commands-folders.ts'
import {list, lsub} from './commands-list.ts'
import {fetch} from './fetch.ts'
import {search, sort, thread} from './search.ts'
import type {FolderHandler, Handler} from './state.ts'

const logout: Handler = (call) => {
  call.untagged('BYE Logging out')
  call.ok('Logout completed')
  call.close()
}

const says =
  (text: string): Handler =>
  (call) =>
    call.ok(text)

/** Commands that need no open folder. */
export const MAIL_COMMANDS: Readonly<Record<string, Handler>> = {
  ...FOLDERS_COMMANDS,
  APPEND: append,
  CANCELUPDATE: (call) => call.no('Unknown tag'),
  CAPABILITY: (call) => {
    call.untagged(`CAPABILITY ${call.server.dovecot.after}`)
    call.ok('Capability completed')
  },
  GENURLAUTH: (call) => call.bad('URLAUTH disabled'),
  GETMETADATA: (call) =>
    (textOf(call.args()[1]) ?? '/').startsWith('/')
      ? call.ok('Getmetadata completed')
      : call.bad("Entry name must begin with '/'"),
  ID: (call) => {
    call.untagged('ID ("name" "Dovecot")')
    call.ok('ID completed')
  },
  LIST: list,
  LOGOUT: logout,
  LSUB: lsub,
  NAMESPACE: (call) => {
    call.untagged(`NAMESPACE (("" "${SEPARATOR}")) NIL NIL`)
    call.ok('Namespace completed')
  },
  NOOP: says('NOOP completed'),
  NOTIFY: says('NOTIFY completed'),
  RESETKEY: (call) => call.bad('URLAUTH disabled'),
  URLFETCH: (call) => call.bad('URLAUTH disabled'),
  XLIST: list,
}

export const FOLDER_COMMANDS: Readonly<Record<string, FolderHandler>> = {
  CHECK: says('Check completed'),
  CLOSE: close,
  COPY: copy,
  EXPUNGE: expungeFolder,
  FETCH: fetch,
  MOVE: move,
  SEARCH: search,
  SORT: sort,
  STORE: store,
  THREAD: thread,
  UNSELECT: (call) => {
    call.inside.selected = null
    call.ok('Unselect completed')
  },
}

/** Those that UID may stand before. */
export const UID_COMMANDS: ReadonlySet<string> = new Set([
  'COPY',
  'EXPUNGE',
  'FETCH',
  'MOVE',
  'SEARCH',
  'SORT',
  'STORE',
  'THREAD',
])
