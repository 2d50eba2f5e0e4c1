import type {ServiceDefinition} from '../decoy/definition.ts'
import {DNS} from '../decoy/services/dns/definition.ts'
import {DOCKER_API} from '../decoy/services/docker_api/definition.ts'
import {ELASTICSEARCH} from '../decoy/services/elasticsearch/definition.ts'
import {FTP} from '../decoy/services/ftp/definition.ts'
import {HTTP} from '../decoy/services/http/definition.ts'
import {HTTPS} from '../decoy/services/https/definition.ts'
import {IMAP} from '../decoy/services/imap/definition.ts'
import {IPP} from '../decoy/services/ipp/definition.ts'
import {JETDIRECT} from '../decoy/services/jetdirect/definition.ts'
import {K8S} from '../decoy/services/k8s/definition.ts'
import {KERBEROS} from '../decoy/services/kerberos/definition.ts'
import {LDAP} from '../decoy/services/ldap/definition.ts'
import {LLMNR} from '../decoy/services/llmnr/definition.ts'
import {LPD} from '../decoy/services/lpd/definition.ts'
import {MEMCACHED} from '../decoy/services/memcached/definition.ts'
import {MODBUS} from '../decoy/services/modbus/definition.ts'
import {MONGODB} from '../decoy/services/mongodb/definition.ts'
import {MQTT} from '../decoy/services/mqtt/definition.ts'
import {MSRPC} from '../decoy/services/msrpc/definition.ts'
import {MSSQL} from '../decoy/services/mssql/definition.ts'
import {MYSQL} from '../decoy/services/mysql/definition.ts'
import {NBNS} from '../decoy/services/nbns/definition.ts'
import {NFS} from '../decoy/services/nfs/definition.ts'
import {NTP} from '../decoy/services/ntp/definition.ts'
import {POP3} from '../decoy/services/pop3/definition.ts'
import {POSTGRES} from '../decoy/services/postgres/definition.ts'
import {RABBITMQ} from '../decoy/services/rabbitmq/definition.ts'
import {RDP} from '../decoy/services/rdp/definition.ts'
import {REDIS} from '../decoy/services/redis/definition.ts'
import {S7} from '../decoy/services/s7/definition.ts'
import {SIP} from '../decoy/services/sip/definition.ts'
import {SMB} from '../decoy/services/smb/definition.ts'
import {SMTP} from '../decoy/services/smtp/definition.ts'
import {SMTP_RELAY} from '../decoy/services/smtp_relay/definition.ts'
import {SNMP} from '../decoy/services/snmp/definition.ts'
import {SSH} from '../decoy/services/ssh/definition.ts'
import {TELNET} from '../decoy/services/telnet/definition.ts'
import {TFTP} from '../decoy/services/tftp/definition.ts'
import {VMWARE_AUTHD} from '../decoy/services/vmware_authd/definition.ts'
import {VNC} from '../decoy/services/vnc/definition.ts'
import {WINRM} from '../decoy/services/winrm/definition.ts'

/** Every service of the catalogue, in the order of the reference. */
export const SERVICE_DEFINITIONS: readonly ServiceDefinition[] = [
  SSH,
  DNS,
  DOCKER_API,
  ELASTICSEARCH,
  FTP,
  HTTP,
  HTTPS,
  IMAP,
  IPP,
  JETDIRECT,
  K8S,
  KERBEROS,
  LDAP,
  MEMCACHED,
  MODBUS,
  LPD,
  MONGODB,
  MQTT,
  MSSQL,
  MSRPC,
  MYSQL,
  NFS,
  POP3,
  POSTGRES,
  RABBITMQ,
  RDP,
  REDIS,
  S7,
  SIP,
  SMB,
  NBNS,
  NTP,
  LLMNR,
  SMTP,
  SMTP_RELAY,
  SNMP,
  TELNET,
  TFTP,
  VMWARE_AUTHD,
  VNC,
  WINRM,
]
