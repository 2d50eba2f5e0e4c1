/** Every emulated program of a machine. */
import type {Programs} from '../command.ts'
import type {Profile} from '../profiles.ts'
import {BUILTINS} from './builtins.ts'
import {COPYING} from './copying.ts'
import {FILES} from './files.ts'
import {FILTERS} from './filters.ts'
import {IDENTITY} from './identity.ts'
import {LISTING} from './listing.ts'
import {NETWORK} from './network.ts'
import {PACKAGES} from './packages.ts'
import {PROCESS} from './process.ts'
import {SSH_CLIENT} from './ssh-client.ts'
import {SYSTEM} from './system.ts'
import {TEST} from './test.ts'
import {TEXT} from './text.ts'

export function programsOf(profile: Profile): Programs {
  return {
    ...SYSTEM,
    ...IDENTITY,
    ...PROCESS,
    ...NETWORK,
    ...SSH_CLIENT,
    ...LISTING,
    ...FILES,
    ...COPYING,
    ...TEXT,
    ...FILTERS,
    ...TEST,
    ...BUILTINS,
    ...PACKAGES[profile.family],
  }
}
