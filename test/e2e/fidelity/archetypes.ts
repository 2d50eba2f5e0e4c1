/** What `nmap -sV` names each port of each archetype, whichever of its distros a decky drew. */
type Products = Readonly<Record<string, RegExp>>

const OPENSSH = {'22/tcp': /^ssh +OpenSSH \d/}
const WINDOWS: Products = {
  '135/tcp': /^msrpc +Microsoft Windows RPC$/,
  '139/tcp': /^netbios-ssn +Microsoft Windows netbios-ssn$/,
  // What nmap prints of every Windows of this decade without its scripts.
  '445/tcp': /^microsoft-ds\?$/,
  '593/tcp': /^ncacn_http +Microsoft Windows RPC over HTTP 1\.0$/,
  '137/udp': /^netbios-ns +Microsoft Windows netbios-ns \(workgroup: CORP\)$/,
}
const RDP = {'3389/tcp': /^ms-wbt-server +Microsoft Terminal Services$/}
const WINRM = {
  '5985/tcp': /^http +Microsoft HTTPAPI httpd 2\.0/,
  '5986/tcp': /^ssl\/http +Microsoft HTTPAPI httpd 2\.0/,
}
const SAMBA: Products = {
  '139/tcp': /^netbios-ssn +Samba smbd/,
  '445/tcp': /^netbios-ssn +Samba smbd/,
  '137/udp': /^netbios-ns +Samba nmbd netbios-ns \(workgroup: CORP\)$/,
}
const DIRECTORY = /^(?:ssl\/)?ldap +Microsoft Windows Active Directory LDAP \(Domain: corp\.example/
const KERBEROS = /^kerberos-sec +Microsoft Windows Kerberos/
const ILO = /HP Integrated Lights-Out web interface/
const LASERJET = /HP (?:Color )?LaserJet (?:MFP )?\S+ printer http config/
const POSTFIX = /^(?:ssl\/)?smtp +Postfix smtpd$/
const NET_SNMP = /^snmp +SNMPv1 server; net-snmp SNMPv3 server \(public\)$/

export const ARCHETYPE_PRODUCTS: Readonly<Record<string, Products>> = {
  'windows-workstation': {...WINDOWS, ...RDP, '5355/udp': /^llmnr$/, '5353/udp': /^zeroconf$/},
  'windows-server': {...WINDOWS, ...RDP, ...WINRM},
  'domain-controller': {
    ...WINDOWS,
    ...RDP,
    ...WINRM,
    '137/udp': /^netbios-ns +Microsoft Windows netbios-ns \(Domain controller: CORP\)$/,
    '53/tcp': /^domain +(?:Simple DNS Plus|Microsoft DNS)/,
    '53/udp': /^domain +(?:Simple DNS Plus|Microsoft DNS)/,
    '88/tcp': KERBEROS,
    '88/udp': KERBEROS,
    '464/tcp': /^kpasswd5\?$/,
    '464/udp': /^kpasswd5$/,
    '123/udp': /^ntp +NTP v3$/,
    '389/tcp': DIRECTORY,
    '389/udp': DIRECTORY,
    '636/tcp': DIRECTORY,
    '3268/tcp': DIRECTORY,
    '3269/tcp': DIRECTORY,
  },
  'windows-sql': {
    ...WINDOWS,
    ...RDP,
    ...WINRM,
    '1433/tcp': /^ms-sql-s +Microsoft SQL Server/,
    '1434/udp': /^ms-sql-m +Microsoft SQL Server 1[3-6]\./,
  },
  'iis-intranet': {
    ...WINDOWS,
    ...RDP,
    '80/tcp': /^http +Microsoft IIS httpd 10\.0$/,
    '443/tcp': /^ssl\/http +Microsoft IIS httpd 10\.0$/,
  },
  'linux-server': {...OPENSSH, '80/tcp': /^http +(?:nginx|Apache httpd) \d/},
  'web-server': {
    ...OPENSSH,
    '80/tcp': /^http +(?:nginx|Apache httpd) \d/,
    '443/tcp': /^ssl\/http +(?:nginx|Apache httpd) \d/,
  },
  'database-server': {
    ...OPENSSH,
    '3306/tcp': /^mysql +(?:MySQL \d|MariaDB)/,
    '6379/tcp': /^redis +Redis key-value store \d/,
  },
  'mail-server': {
    ...OPENSSH,
    '25/tcp': POSTFIX,
    '465/tcp': POSTFIX,
    '587/tcp': POSTFIX,
    '143/tcp': /^imap +Dovecot imapd/,
    '993/tcp': /^ssl\/imap +Dovecot imapd/,
    '110/tcp': /^pop3 +Dovecot pop3d/,
    '995/tcp': /^ssl\/pop3 +Dovecot pop3d/,
  },
  'file-server': {...OPENSSH, ...SAMBA, '21/tcp': /^ftp +(?:vsftpd \d|ProFTPD)/},
  'voip-server': {
    ...OPENSSH,
    '5060/tcp': /^sip-proxy +Asterisk PBX \d/,
    '5060/udp': /^sip-proxy +Asterisk PBX \d/,
  },
  'voip-pbx': {
    '22/tcp': /^ssh +OpenSSH 7\.4 /,
    '80/tcp': /^http +Apache httpd 2\.4\.6 \(\(Sangoma\)/,
    '443/tcp': /^ssl\/http +Apache httpd 2\.4\.6 \(\(Sangoma\)/,
    '5060/tcp': /^sip-proxy +FreePBX \d/,
    '5060/udp': /^sip-proxy +FreePBX \d/,
    '69/udp': /^tftp$/,
  },
  'monitoring-node': {...OPENSSH, '3000/tcp': /^ppp\?$/, '161/udp': NET_SNMP},
  'devops-host': {
    ...OPENSSH,
    '2375/tcp': /^docker +Docker/,
    '6443/tcp': /^ssl\/sun-sr-https\?$/,
  },
  jenkins: {...OPENSSH, '8080/tcp': /^http +Jetty \d/},
  deaddeck: OPENSSH,
  printer: {
    '80/tcp': LASERJET,
    '443/tcp': LASERJET,
    '631/tcp': LASERJET,
    '21/tcp': /^ftp +HP JetDirect ftpd$/,
    '515/tcp': /^printer/,
    // nmap sends nothing there, so that nothing is printed.
    '9100/tcp': /^jetdirect\?$/,
    '161/udp': /^snmp +SNMPv1 server; Hewlett-Packard SNMPv3 server \(public\)$/,
  },
  'iot-device': {
    '21/tcp': /^ftp +Axis .+ ftpd \d/,
    '23/tcp': /^telnet +BusyBox telnetd/,
    '80/tcp': /^http +Apache httpd \d/,
    '443/tcp': /^ssl\/http +Apache httpd \d/,
    // The version is what it publishes once somebody subscribes; nmap does not always wait for it.
    '1883/tcp': /^(?:mosquitto version \d|mqtt)/,
    '161/udp': NET_SNMP,
  },
  'industrial-control': {
    '80/tcp': /^http +Siemens Simatic S7-300 PLC httpd$/,
    '102/tcp': /^iso-tsap +Siemens S7 PLC$/,
    '502/tcp': /^modbus +Modbus TCP$/,
    '161/udp': /^snmp +SNMPv1 server \(public\)$/,
  },
  nas: {
    ...OPENSSH,
    ...SAMBA,
    '5000/tcp': /^http +nginx$/,
    '5001/tcp': /^ssl\/http +nginx$/,
    '161/udp': NET_SNMP,
  },
  switch: {
    '22/tcp': /^ssh +Cisco SSH 1\.25 /,
    '23/tcp': /^telnet +Cisco IOS telnetd$/,
    '80/tcp': /^http +Cisco IOS http config$/,
    '161/udp': /^snmp +SNMPv1 server; ciscoSystems SNMPv3 server \(public\)$/,
  },
  esxi: {
    '22/tcp': /^ssh +OpenSSH 8\.\d/,
    '80/tcp': /^http +VMware ESXi Server httpd$/,
    '443/tcp': /^ssl\/http +VMware ESXi Web UI$/,
    '902/tcp': /^ssl\/vmware-auth +VMware Authentication Daemon 1\.10/,
  },
  bmc: {
    '22/tcp': /^ssh +HP Integrated Lights-Out mpSSH/,
    '80/tcp': ILO,
    '443/tcp': ILO,
  },
}

/**
 * Ports of which nmap 7.93 asks for a fingerprint, as it does of the real thing: it has no signature of Grafana, of
 * Kubernetes and of SQL Server 2022, and only a soft match for BusyBox.
 */
export const UNKNOWN_TO_NMAP: Readonly<Record<string, readonly number[]>> = {
  'monitoring-node': [3000],
  'devops-host': [6443],
  'windows-sql': [1433],
  'iot-device': [23],
}
