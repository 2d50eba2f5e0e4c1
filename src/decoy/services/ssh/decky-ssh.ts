/** What all SSH connections to one decky share. */

import type {UploadPool} from '../../files/upload.ts'
import type {Persona} from '../../persona.ts'
import type {Interpreter} from '../../shell/interpreter.ts'
import type {Machine} from '../../shell/machine.ts'
import type {AuthPolicy} from './authenticator.ts'
import type {HostKey} from './host-keys.ts'
import type {Product} from './products/product.ts'
import type {Release} from './releases.ts'

export interface DeckySsh {
  readonly persona: Persona
  readonly version: string
  readonly product: Product
  readonly release: Release
  readonly hostKeys: readonly HostKey[]
  readonly policy: AuthPolicy
  /** Honey password of IOS's `enable`. */
  readonly enable: string | null
  /** Text after a login with a terminal; null: the distribution's own. */
  readonly motd: string | null
  readonly machine: Machine
  readonly interpreter: Interpreter
  readonly pool: UploadPool
  /** The last login of each user, as the next one is told. */
  readonly lastLogins: Map<string, {readonly at: number; readonly from: string}>
}
