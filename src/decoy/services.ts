/** The services this runtime can play. Each is loaded when a decky needs it, so that an unused one costs nothing. */
import type {CreateService} from './service.ts'

export type ServiceLoader = () => Promise<CreateService>

export const SERVICE_LOADERS: ReadonlyMap<string, ServiceLoader> = new Map<string, ServiceLoader>([
  ['http', async () => (await import('./services/http/server.ts')).createService],
  ['redis', async () => (await import('./services/redis/server.ts')).createService],
  ['ssh', async () => (await import('./services/ssh/server.ts')).createService],
])
