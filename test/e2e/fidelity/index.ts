import {DNS_ROWS} from './dns.ts'
import {DOCKER_API_ROWS} from './docker-api.ts'
import {ELASTICSEARCH_ROWS} from './elasticsearch.ts'
import {FTP_ROWS} from './ftp.ts'
import {HTTP_ROWS} from './http.ts'
import {HTTPS_ROWS} from './https.ts'
import {IMAP_ROWS} from './imap.ts'
import {MODBUS_ROWS, S7_ROWS} from './industrial.ts'
import {K8S_ROWS} from './k8s.ts'
import {KERBEROS_ROWS} from './kerberos.ts'
import {LDAP_ROWS} from './ldap.ts'
import {LLMNR_ROWS} from './llmnr.ts'
import {MEMCACHED_ROWS} from './memcached.ts'
import {MONGODB_ROWS} from './mongodb.ts'
import {MQTT_ROWS} from './mqtt.ts'
import {MSRPC_ROWS} from './msrpc.ts'
import {MSSQL_ROWS} from './mssql.ts'
import {MYSQL_ROWS} from './mysql.ts'
import {NFS_ROWS} from './nfs.ts'
import {NTP_ROWS} from './ntp.ts'
import {POP3_ROWS} from './pop3.ts'
import {POSTGRES_ROWS} from './postgres.ts'
import {PRINTER_ROWS} from './printer.ts'
import {RABBITMQ_ROWS} from './rabbitmq.ts'
import {RDP_ROWS} from './rdp.ts'
import {REDIS_ROWS} from './redis.ts'
import type {FidelityRow} from './row.ts'
import {SIP_ROWS} from './sip.ts'
import {NBNS_ROWS, SMB_ROWS} from './smb.ts'
import {SMTP_RELAY_ROWS, SMTP_ROWS} from './smtp.ts'
import {SNMP_ROWS} from './snmp.ts'
import {SSH_ROWS} from './ssh.ts'
import {TELNET_ROWS} from './telnet.ts'
import {TFTP_ROWS} from './tftp.ts'
import {VMWARE_AUTHD_ROWS} from './vmware-authd.ts'
import {VNC_ROWS} from './vnc.ts'
import {WINRM_ROWS} from './winrm.ts'

/** Every service and product that a decky can claim to be, in the order of the table. */
export const FIDELITY_ROWS: readonly FidelityRow[] = [
  ...SSH_ROWS,
  ...DNS_ROWS,
  ...HTTP_ROWS,
  ...HTTPS_ROWS,
  ...IMAP_ROWS,
  ...KERBEROS_ROWS,
  ...LDAP_ROWS,
  ...MEMCACHED_ROWS,
  ...MODBUS_ROWS,
  ...MONGODB_ROWS,
  ...MQTT_ROWS,
  ...MSSQL_ROWS,
  ...MSRPC_ROWS,
  ...MYSQL_ROWS,
  ...POP3_ROWS,
  ...NFS_ROWS,
  ...POSTGRES_ROWS,
  ...RABBITMQ_ROWS,
  ...PRINTER_ROWS,
  ...RDP_ROWS,
  ...REDIS_ROWS,
  ...SIP_ROWS,
  ...S7_ROWS,
  ...SMB_ROWS,
  ...NBNS_ROWS,
  ...NTP_ROWS,
  ...SNMP_ROWS,
  ...LLMNR_ROWS,
  ...FTP_ROWS,
  ...SMTP_ROWS,
  ...SMTP_RELAY_ROWS,
  ...TELNET_ROWS,
  ...TFTP_ROWS,
  ...VMWARE_AUTHD_ROWS,
  ...VNC_ROWS,
  ...WINRM_ROWS,
  ...DOCKER_API_ROWS,
  ...ELASTICSEARCH_ROWS,
  ...K8S_ROWS,
]
