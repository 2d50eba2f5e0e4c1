/** ProFTPD 1.3 as Debian builds it; replies were recorded from 1.3.8. */
import {FsError, sizeOf} from '../../../files/nodes.ts'
import {linksOf, modeText, unixDate} from '../listing.ts'
import {block, type Cause, type FileCommand, type Product} from './product.ts'

const HELP = [
  ' CWD     XCWD    CDUP    XCUP    SMNT*   QUIT    PORT    PASV    ',
  ' EPRT    EPSV    ALLO    RNFR    RNTO    DELE    MDTM    RMD     ',
  ' XRMD    MKD     XMKD    PWD     XPWD    SIZE    SYST    HELP    ',
  ' NOOP    FEAT    OPTS    HOST    CLNT    AUTH*   CCC*    CONF*   ',
  ' ENC*    MIC*    PBSZ*   PROT*   TYPE    STRU    MODE    RETR    ',
  ' STOR    STOU    APPE    REST    ABOR    RANG    USER    PASS    ',
  ' ACCT*   REIN*   LIST    NLST    STAT    SITE    MLSD    MLST    ',
]

const DONE: Readonly<Record<FileCommand, (path: string, value: string) => string>> = {
  CWD: () => '250 CWD command successful',
  CDUP: () => '250 CDUP command successful',
  DELE: () => '250 DELE command successful',
  LIST: () => '226 Transfer complete',
  MDTM: (_, value) => `213 ${value}`,
  MKD: (path) => `257 "${path}" - Directory successfully created`,
  MLST: (path, value) => block(250, `Start of list for ${path}`, [` ${value}`], 'End of list'),
  RETR: () => '226 Transfer complete',
  RMD: () => '250 RMD command successful',
  RNFR: () => '350 File or directory exists, ready for destination name',
  RNTO: () => '250 Rename successful',
  SIZE: (_, value) => `213 ${value}`,
  STAT: () => '213 End of status',
  STOR: () => '226 Transfer complete',
}

function failed(command: FileCommand, path: string, cause: Cause): string {
  const why = new FsError(cause ?? 'EACCES').message
  if (command === 'MLST') return `550 '${path}' cannot be listed`
  if (command === 'LIST' || command === 'STAT') return `450 ${path}: ${why}`
  if ((command === 'SIZE' || command === 'RETR') && cause === 'EISDIR') return `550 ${path}: not a regular file`
  return `550 ${path}: ${why}`
}

export function proftpd(version: string, banner: string | null, address: string, name: string): Product {
  const hello = banner ?? `ProFTPD ${/^1\.3\.[0-6]/.test(version) ? `${version} ` : ''}Server (${name}) [${address}]`
  const unknown = (command: string): string => `500 ${command} not understood`
  return {
    name: 'proftpd',
    greeting: `220 ${hello}`,
    open: new Set('ACCT AUTH CLNT CSID FEAT HELP NOOP OPTS PASS PBSZ PROT QUIT REIN SITE SMNT SYST USER'.split(' ')),
    unimplemented: new Set(['ACCT', 'REIN', 'SMNT', 'CCC', 'CONF', 'ENC', 'MIC']),
    unknown,
    unknownBeforeLogin: unknown,
    notImplemented: (command) => `502 ${command} command not implemented`,
    missing: (command) =>
      command === 'USER' ? '500 USER: command requires a parameter' : '501 Invalid number of parameters',
    loginFirst: '530 Please login with USER and PASS',
    user: (user, anonymous) =>
      anonymous
        ? '331 Anonymous login ok, send your complete email address as your password'
        : `331 Password required for ${user}`,
    welcome: (user, anonymous) =>
      anonymous ? '230 Anonymous access granted, restrictions apply' : `230 User ${user} logged in`,
    denied: '530 Login incorrect.',
    userFirst: '503 Login with USER first',
    alreadyIn: () => '503 You are already logged in',
    maxFailures: 3,
    failureDelay: [10, 2100],
    features: (tls) => [
      ...(tls ? [' AUTH TLS', ' CCC'] : []),
      ...[' CLNT', ' CSID', ' EPRT', ' EPSV', ' HOST', ' LANG en-US*', ' MDTM', ' MFF modify;UNIX.group;UNIX.mode;'],
      ' MFMT',
      ' MLST modify*;perm*;size*;type*;unique*;UNIX.group*;UNIX.groupname*;UNIX.mode*;UNIX.owner*;UNIX.ownername*;',
      ...(tls ? [' PBSZ', ' PROT'] : []),
      ...[' RANG STREAM', ' REST STREAM', ' SIZE', ...(tls ? [' SSCN'] : []), ' TVFS', ' UTF8'],
    ],
    featuresHead: 'Features:',
    featuresEnd: 'End',
    help: block(
      214,
      "The following commands are recognized (* =>'s unimplemented):",
      HELP,
      `Direct comments to root@${address}`,
    ),
    system: '215 UNIX Type: L8',
    status: ({peer, user, binary}) =>
      block(
        211,
        `Status of '${name}'`,
        [
          ` Connected from ${peer} (${peer})`,
          ` Logged in as ${user ?? ''}`,
          ` TYPE: ${binary ? 'BINARY' : 'ASCII'}, STRUcture: File, Mode: Stream`,
          ' No data connection',
        ],
        'End of status',
      ),
    statusOf: (path, lines) =>
      block(
        213,
        `Status of ${path}:`,
        lines.map((line) => ` ${line}`),
        'End of status',
      ),
    type: (type) => (/^(?:[AI]|A N|L8?|L 8)$/.test(type) ? `200 Type set to ${type.charAt(0)}` : null),
    badType: (type) => (type === '' ? "500 'TYPE' not understood" : `504 TYPE not implemented for '${type}' parameter`),
    mode: (mode) => (mode === 'S' ? '200 Mode set to S' : `504 'MODE ${mode}' unsupported transfer mode`),
    structure: (structure) =>
      structure === 'F' ? '200 Structure set to F' : `504 'STRU ${structure}' unsupported structure type`,
    options: (text) => {
      if (text === '') return '501 Invalid number of parameters'
      if (text === 'UTF8 ON' || text === 'UTF8 OFF') return `200 UTF8 set to ${text.slice(5).toLowerCase()}`
      return text.startsWith('MLST') ? `200 ${text.replace('MLST', 'MLST OPTS')}` : `501 OPTS: ${text} not understood`
    },
    site: (text) => {
      if (text === '') return "500 'SITE' requires parameters"
      if (text === 'HELP') {
        const head = "The following SITE commands are recognized (* =>'s unimplemented)"
        return block(214, head, [' HELP', ' CHGRP', ' CHMOD'], `Direct comments to root@${address}`)
      }
      const [word = ''] = text.split(' ')
      return word === 'CHMOD' || word === 'CHGRP' ? '550 Operation not permitted' : `500 'SITE ${word}' not understood`
    },
    noop: '200 NOOP command successful',
    abort: '226 Abort successful',
    allocate: '200 ALLO command successful',
    rest: (text) => {
      if (text === '') return {reply: "500 'REST' not understood", offset: null}
      if (!/^\d{1,18}$/.test(text)) return {reply: '501 REST requires a value greater than or equal to 0', offset: null}
      return {reply: `350 Restarting at ${text}. Send STORE or RETRIEVE to initiate transfer`, offset: Number(text)}
    },
    workingDirectory: (path) => `257 "${path}" is the current directory`,
    done: (command, path, value) => DONE[command](path, value),
    failed,
    renameFirst: '503 Bad sequence of commands',
    passive: (shown) => `227 Entering Passive Mode (${shown}).`,
    extendedPassive: (port) => `229 Entering Extended Passive Mode (|||${port}|)`,
    extendedAll: '200 EPSV ALL command successful',
    badProtocol: () => '522 Network protocol not supported, use (1)',
    active: (command) => `200 ${command} command successful`,
    badActive: (command, malformed) => `${malformed ? 501 : 500} Illegal ${command} command`,
    noData: '425 Unable to build data connection: Connection refused',
    cannotConnect: '425 Unable to build data connection: Connection refused',
    noPassivePort: '425 Unable to build data connection: Internal error',
    opening: (kind, binary, path, size) => {
      const mode = `150 Opening ${binary ? 'BINARY' : 'ASCII'} mode data connection for`
      if (kind === 'list') return `${mode} ${path === 'MLSD' ? 'MLSD' : 'file list'}`
      return kind === 'read' ? `${mode} ${path} (${size} bytes)` : `${mode} ${path}`
    },
    complete: () => '226 Transfer complete',
    broken: '426 Transfer aborted. Data connection closed',
    goodbye: '221 Goodbye.',
    idle: '421 Idle timeout (600 seconds): closing control connection',
    loginTimeout: '421 Login timeout (300 seconds): closing control connection',
    // `TimeoutLogin` and `TimeoutIdle`.
    patience: {loginMs: 300_000, idleMs: 600_000},
    auth: (mechanism, tls) => {
      if (!tls) return {reply: '500 AUTH not understood', upgrade: false}
      const known = ['TLS', 'TLS-C', 'TLS-P', 'SSL'].includes(mechanism)
      return known
        ? {reply: `234 AUTH ${mechanism} successful`, upgrade: true}
        : {reply: `504 AUTH ${mechanism} unsupported`, upgrade: false}
    },
    bufferSize: (secure, size) =>
      secure ? `200 PBSZ ${size} successful` : '503 PBSZ not allowed on insecure control connection',
    protection: (secure, level) => {
      if (!secure) return {reply: '503 PROT not allowed on insecure control connection', private: null}
      if (level === 'P') return {reply: '200 Protection set to Private', private: true}
      if (level === 'C') return {reply: '200 Protection set to Clear', private: false}
      return {reply: `504 PROT ${level} unsupported.`, private: null}
    },
    listLine: ({name: file, node, owner, group}, now) =>
      `${modeText(node)} ${String(linksOf(node)).padStart(3)} ${owner.padEnd(8)} ${group.padEnd(8)} ` +
      `${String(sizeOf(node)).padStart(8)} ${unixDate(node.mtime, now, ' ')} ${file}`,
    machineLists: true,
    silentList: false,
  }
}
