/** What the connections to one decky share, and what one of them has agreed on. */
import type {UploadPool} from '../../files/upload.ts'
import type {Persona} from '../../persona.ts'
import type {Action, Connection} from '../../service.ts'
import type {TlsProfile} from '../../tls/profile.ts'
import type {DataChannel} from './data-channel.ts'
import type {Product} from './products/product.ts'
import type {Volume, Volumes} from './volume.ts'

export interface FtpServer {
  readonly persona: Persona
  readonly product: Product
  readonly tls: TlsProfile | null
  readonly anonymous: boolean
  readonly users: ReadonlyMap<string, Buffer>
  readonly volumes: Volumes
  readonly pool: UploadPool
}

export interface Client {
  /** Named by USER; null before. */
  user: string | null
  volume: Volume | null
  cwd: string
  binary: boolean
  offset: number
  renameFrom: string | null
  secure: boolean
  privateData: boolean
  failures: number
  uploads: number
  /** How the next transfer goes. */
  data: 'none' | 'passive' | 'active'
}

export const newClient = (): Client => ({
  user: null,
  volume: null,
  cwd: '/',
  binary: false,
  offset: 0,
  renameFrom: null,
  secure: false,
  privateData: false,
  failures: 0,
  uploads: 0,
  data: 'none',
})

/** One command as its handler sees it. */
export interface Call {
  readonly command: string
  readonly argument: string
  readonly server: FtpServer
  readonly client: Client
  readonly connection: Connection
  readonly channel: DataChannel
  /** Performed in order. */
  readonly actions: Action[]
  /** Lines of a reply, without the last line's end. */
  reply(text: string): void
  /** Begins TLS after what is queued. */
  secure(): void
  /** Closes after what is queued. */
  close(): void
}

export type Handler = (call: Call) => void

/** A handler of somebody who is signed in. */
export type VolumeHandler = (call: Call, volume: Volume) => void
