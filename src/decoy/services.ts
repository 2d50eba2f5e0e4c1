/** The services this runtime can play. Each is loaded when a decky needs it, so that an unused one costs nothing. */
import type {CreateService} from './service.ts'

export type ServiceLoader = () => Promise<CreateService>

export const SERVICE_LOADERS: ReadonlyMap<string, ServiceLoader> = new Map<string, ServiceLoader>([
  ['ftp', async () => (await import('./services/ftp/server.ts')).createService],
  ['http', async () => (await import('./services/http/server.ts')).createService],
  ['https', async () => (await import('./services/https/server.ts')).createService],
  ['kerberos', async () => (await import('./services/kerberos/server.ts')).createService],
  ['ldap', async () => (await import('./services/ldap/server.ts')).createService],
  ['mssql', async () => (await import('./services/mssql/server.ts')).createService],
  ['msrpc', async () => (await import('./services/msrpc/server.ts')).createService],
  ['mysql', async () => (await import('./services/mysql/server.ts')).createService],
  ['nbns', async () => (await import('./services/nbns/server.ts')).createService],
  ['postgres', async () => (await import('./services/postgres/server.ts')).createService],
  ['rdp', async () => (await import('./services/rdp/server.ts')).createService],
  ['redis', async () => (await import('./services/redis/server.ts')).createService],
  ['smb', async () => (await import('./services/smb/server.ts')).createService],
  ['ssh', async () => (await import('./services/ssh/server.ts')).createService],
  ['telnet', async () => (await import('./services/telnet/server.ts')).createService],
  ['vnc', async () => (await import('./services/vnc/server.ts')).createService],
  ['winrm', async () => (await import('./services/winrm/server.ts')).createService],
])
