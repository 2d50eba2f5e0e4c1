/** All commands that are played, by name. */

import {SYNTAX_ERROR} from '../dialect.ts'
import {infoText} from '../info.ts'
import {NOTHING, type Reply, verbatim} from '../replies.ts'
import {ADMINISTRATION} from './administration.ts'
import type {Call, Handler, Handlers} from './call.ts'
import {rest} from './call.ts'
import {CLIENT} from './client.ts'
import {COLLECTIONS} from './collections.ts'
import {COMMAND} from './command-command.ts'
import {CONFIGURATION} from './configuration.ts'
import {CONNECTION} from './connection.ts'
import {KEYS} from './keys.ts'
import {PUBLISH} from './publish.ts'
import {SCRIPTING} from './scripting.ts'
import {SORTED_SETS} from './sorted-sets.ts'
import {STRINGS} from './strings.ts'

function info(call: Call): Reply {
  if (call.count > 2 && call.server.facts.dialect.major < 7) return SYNTAX_ERROR
  return verbatim(infoText(call, rest(call, 1)))
}

/** The requests of a replica: there is nothing to replicate. */
function replicate(call: Call): Reply {
  call.effects.close = 'silently'
  return NOTHING
}

const ALL: Handlers = {
  ...ADMINISTRATION,
  ...CLIENT,
  ...COLLECTIONS,
  ...COMMAND,
  ...CONFIGURATION,
  ...CONNECTION,
  ...KEYS,
  ...PUBLISH,
  ...SCRIPTING,
  ...SORTED_SETS,
  ...STRINGS,
  info,
  sync: replicate,
  psync: replicate,
  'host:': (call) => CONNECTION.post?.(call) ?? NOTHING,
}

export const HANDLERS: ReadonlyMap<string, Handler> = new Map(Object.entries(ALL))
