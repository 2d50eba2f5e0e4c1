import {FTP_ROWS} from './ftp.ts'
import {HTTP_ROWS} from './http.ts'
import {HTTPS_ROWS} from './https.ts'
import {KERBEROS_ROWS} from './kerberos.ts'
import {LDAP_ROWS} from './ldap.ts'
import {MSRPC_ROWS} from './msrpc.ts'
import {MSSQL_ROWS} from './mssql.ts'
import {MYSQL_ROWS} from './mysql.ts'
import {POSTGRES_ROWS} from './postgres.ts'
import {RDP_ROWS} from './rdp.ts'
import {REDIS_ROWS} from './redis.ts'
import type {FidelityRow} from './row.ts'
import {NBNS_ROWS, SMB_ROWS} from './smb.ts'
import {SSH_ROWS} from './ssh.ts'
import {TELNET_ROWS} from './telnet.ts'
import {VNC_ROWS} from './vnc.ts'
import {WINRM_ROWS} from './winrm.ts'

/** Every service and product that a decky can claim to be, in the order of the table. */
export const FIDELITY_ROWS: readonly FidelityRow[] = [
  ...SSH_ROWS,
  ...HTTP_ROWS,
  ...HTTPS_ROWS,
  ...KERBEROS_ROWS,
  ...LDAP_ROWS,
  ...MSSQL_ROWS,
  ...MSRPC_ROWS,
  ...MYSQL_ROWS,
  ...POSTGRES_ROWS,
  ...RDP_ROWS,
  ...REDIS_ROWS,
  ...SMB_ROWS,
  ...NBNS_ROWS,
  ...FTP_ROWS,
  ...TELNET_ROWS,
  ...VNC_ROWS,
  ...WINRM_ROWS,
]
