import type {OptionValue} from '../../definition.ts'
import {UploadPool} from '../../files/upload.ts'
import {honeyBytes} from '../../honey-users.ts'
import {refuse} from '../../option-conflicts.ts'
import type {CreateService, Service} from '../../service.ts'
import {tlsProfile} from '../../tls/stacks.ts'
import {ftpConflicts, requestedProduct} from './choice.ts'
import {productOf} from './products/index.ts'
import {FtpSession} from './session.ts'
import type {FtpServer} from './state.ts'
import {Volumes} from './volume.ts'

/** Bytes that unfinished uploads of a decky may hold: three of the largest. */
const POOL_BYTES = 32 * 1024 * 1024

export const createService: CreateService = (persona, options): Service => {
  refuse(ftpConflicts(options, persona.facts))
  const {version, banner} = options
  const users = honeyBytes(options.users)
  const claimed = productOf(persona, {
    product: requestedProduct(options, persona.facts),
    version: text(version),
    banner: text(banner),
  })
  // The FTP service asks Schannel in the old way, which knows no version 1.3.
  const choice = claimed.name === 'iis' ? {settings: {maxVersion: 'TLSv1.2' as const}} : {}
  const server: FtpServer = {
    persona,
    product: claimed,
    tls: options.tls === false ? null : tlsProfile(persona, choice),
    anonymous: options.anonymous === true,
    users,
    volumes: new Volumes(persona, [...users.keys()], Date.now),
    pool: new UploadPool(POOL_BYTES),
  }
  const greeting = `${server.product.greeting}\r\n`
  return {
    tcp: () => ({
      kind: 'protocol',
      patience: claimed.patience,
      session: (connection) => new FtpSession(server, connection),
    }),
    selfTest: () => ({send: Buffer.alloc(0), accepts: (reply) => reply.toString('latin1') === greeting}),
  }
}

const text = (value: OptionValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null
