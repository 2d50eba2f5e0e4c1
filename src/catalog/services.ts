import type {ServiceDefinition} from '../decoy/definition.ts'
import {FTP} from '../decoy/services/ftp/definition.ts'
import {HTTP} from '../decoy/services/http/definition.ts'
import {HTTPS} from '../decoy/services/https/definition.ts'
import {KERBEROS} from '../decoy/services/kerberos/definition.ts'
import {LDAP} from '../decoy/services/ldap/definition.ts'
import {MSRPC} from '../decoy/services/msrpc/definition.ts'
import {MSSQL} from '../decoy/services/mssql/definition.ts'
import {MYSQL} from '../decoy/services/mysql/definition.ts'
import {NBNS} from '../decoy/services/nbns/definition.ts'
import {POSTGRES} from '../decoy/services/postgres/definition.ts'
import {RDP} from '../decoy/services/rdp/definition.ts'
import {REDIS} from '../decoy/services/redis/definition.ts'
import {SMB} from '../decoy/services/smb/definition.ts'
import {SSH} from '../decoy/services/ssh/definition.ts'
import {TELNET} from '../decoy/services/telnet/definition.ts'
import {VNC} from '../decoy/services/vnc/definition.ts'
import {WINRM} from '../decoy/services/winrm/definition.ts'

/** Every service of the catalogue, in the order of the reference. */
export const SERVICE_DEFINITIONS: readonly ServiceDefinition[] = [
  SSH,
  FTP,
  HTTP,
  HTTPS,
  KERBEROS,
  LDAP,
  MSSQL,
  MSRPC,
  MYSQL,
  POSTGRES,
  RDP,
  REDIS,
  SMB,
  NBNS,
  TELNET,
  VNC,
  WINRM,
]
