/** What all connections to one printer share. */
import type {UploadPool} from '../../files/upload.ts'
import type {Printer} from '../../persona/printer.ts'
import type {Persona} from '../../persona.ts'
import type {Panel} from './info.ts'
import type {Environment} from './variables.ts'
import type {Volume} from './volume.ts'

export interface PrinterServer {
  readonly persona: Persona
  readonly printer: Printer
  /** What the display shows when nobody set anything. */
  readonly ready: string
  readonly panel: Panel
  readonly defaults: Environment
  readonly volume: Volume
  /** What unfinished uploads hold. */
  readonly pool: UploadPool
  /** PJL may use the volume. */
  readonly filesystem: boolean
  /** Null: defaults are anybody's to change. */
  readonly password: number | null
}
