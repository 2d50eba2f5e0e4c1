/** vsFTPd 3.0 as Debian builds it; every reply was recorded from 3.0.3. */
import {sizeOf} from '../../../files/nodes.ts'
import {linksOf, modeText, unixDate} from '../listing.ts'
import {block, type FileCommand, type Product, type StatusFacts} from './product.ts'

const FAILURES: Readonly<Record<FileCommand, string>> = {
  CWD: '550 Failed to change directory.',
  CDUP: '550 Failed to change directory.',
  DELE: '550 Delete operation failed.',
  LIST: '226 Directory send OK.',
  MDTM: '550 Could not get file modification time.',
  MKD: '550 Create directory operation failed.',
  MLST: '500 Unknown command.',
  RETR: '550 Failed to open file.',
  RMD: '550 Remove directory operation failed.',
  RNFR: '550 RNFR command failed.',
  RNTO: '550 Rename failed.',
  SIZE: '550 Could not get file size.',
  STAT: '213 End of status',
  STOR: '553 Could not create file.',
}

const DONE: Readonly<Record<FileCommand, (path: string, value: string) => string>> = {
  CWD: () => '250 Directory successfully changed.',
  CDUP: () => '250 Directory successfully changed.',
  DELE: () => '250 Delete operation successful.',
  LIST: () => '226 Directory send OK.',
  MDTM: (_, value) => `213 ${value}`,
  MKD: (path) => `257 "${path}" created`,
  MLST: () => '500 Unknown command.',
  RETR: () => '226 Transfer complete.',
  RMD: () => '250 Remove directory operation successful.',
  RNFR: () => '350 Ready for RNTO.',
  RNTO: () => '250 Rename successful.',
  SIZE: (_, value) => `213 ${value}`,
  STAT: () => '213 End of status',
  STOR: () => '226 Transfer complete.',
}

const HELP = [
  ' ABOR ACCT ALLO APPE CDUP CWD  DELE EPRT EPSV FEAT HELP LIST MDTM MKD',
  ' MODE NLST NOOP OPTS PASS PASV PORT PWD  QUIT REIN REST RETR RMD  RNFR',
  ' RNTO SITE SIZE SMNT STAT STOR STOU STRU SYST TYPE USER XCUP XCWD XMKD',
  ' XPWD XRMD',
]

const status = (version: string, {peer, user, binary, secure, privateData}: StatusFacts): string =>
  block(
    211,
    'FTP server status:',
    [
      `     Connected to ${peer}`,
      `     Logged in as ${user ?? ''}`,
      `     TYPE: ${binary ? 'BINARY' : 'ASCII'}`,
      '     No session bandwidth limit',
      '     Session timeout in seconds is 300',
      `     Control connection is ${secure ? 'encrypted' : 'plain text'}`,
      `     Data connections will be ${privateData ? 'encrypted' : 'plain text'}`,
      '     At session startup, client count was 1',
      `     vsFTPd ${version} - secure, fast, stable`,
    ],
    'End of status',
  )

export function vsftpd(version: string, banner: string | null): Product {
  const illegal = (command: string): string => `500 Illegal ${command} command.`
  return {
    name: 'vsftpd',
    greeting: `220 ${banner ?? `(vsFTPd ${version})`}`,
    open: new Set(['AUTH', 'FEAT', 'OPTS', 'PASS', 'PBSZ', 'PROT', 'QUIT', 'USER']),
    unimplemented: new Set(['ACCT', 'REIN', 'SMNT']),
    unknown: () => '500 Unknown command.',
    unknownBeforeLogin: () => '530 Please login with USER and PASS.',
    notImplemented: (command) => `502 ${command} not implemented.`,
    missing: () => '500 Unknown command.',
    loginFirst: '530 Please login with USER and PASS.',
    user: () => '331 Please specify the password.',
    welcome: () => '230 Login successful.',
    denied: '530 Login incorrect.',
    userFirst: '503 Login with USER first.',
    alreadyIn: () => '230 Already logged in.',
    maxFailures: 3,
    failureDelay: [2700, 3400],
    features: (tls) => [
      ...(tls ? [' AUTH TLS'] : []),
      ...[' EPRT', ' EPSV', ' MDTM', ' PASV'],
      ...(tls ? [' PBSZ', ' PROT'] : []),
      ...[' REST STREAM', ' SIZE', ' TVFS'],
    ],
    featuresHead: 'Features:',
    featuresEnd: 'End',
    help: block(214, 'The following commands are recognized.', HELP, 'Help OK.'),
    system: '215 UNIX Type: L8',
    status: (facts) => status(version, facts),
    statusOf: (_, lines) => block(213, 'Status follows:', lines, 'End of status'),
    type: (type) => {
      if (/^(?:I|L8?|L 8)$/.test(type)) return '200 Switching to Binary mode.'
      return type === 'A' || type === 'A N' ? '200 Switching to ASCII mode.' : null
    },
    badType: () => '500 Unrecognised TYPE command.',
    mode: (mode) => (mode === 'S' ? '200 Mode set to S.' : '504 Bad MODE command.'),
    structure: (structure) => (structure === 'F' ? '200 Structure set to F.' : '504 Bad STRU command.'),
    options: (text) => (text === 'UTF8 ON' ? '200 Always in UTF8 mode.' : '501 Option not understood.'),
    site: (text) => {
      if (text === 'HELP') return '214 CHMOD UMASK HELP'
      if (text === 'UMASK') return '200 Your current UMASK is 077'
      const mask = /^UMASK ([0-7]{1,3})$/.exec(text)?.[1]
      if (mask !== undefined) return `200 UMASK set to ${mask.padStart(3, '0')}`
      return text.startsWith('CHMOD') ? '550 SITE CHMOD command failed.' : '500 Unknown SITE command.'
    },
    noop: '200 NOOP ok.',
    abort: '225 No transfer to ABOR.',
    allocate: '202 ALLO command ignored.',
    rest: (text) => {
      const offset = /^\d{1,18}$/.test(text) ? Number(text) : 0
      return {reply: `350 Restart position accepted (${offset}).`, offset}
    },
    workingDirectory: (path) => `257 "${path}" is the current directory`,
    done: (command, path, value) => DONE[command](path, value),
    failed: (command, _, cause) => (cause === null ? '550 Permission denied.' : FAILURES[command]),
    renameFirst: '503 RNFR required first.',
    passive: (address) => `227 Entering Passive Mode (${address}).`,
    extendedPassive: (port) => `229 Entering Extended Passive Mode (|||${port}|)`,
    extendedAll: '200 EPSV ALL ok.',
    badProtocol: (command) => (command === 'EPSV' ? '522 Bad network protocol.' : '500 Bad EPRT protocol.'),
    active: (command) => `200 ${command} command successful. Consider using ${command === 'PORT' ? 'PASV' : 'EPSV'}.`,
    badActive: illegal,
    noData: '425 Use PORT or PASV first.',
    cannotConnect: '425 Failed to establish connection.',
    noPassivePort: '500 OOPS: vsf_sysutil_bind, maximum number of attempts to find a listening port exceeded',
    opening: (kind, binary, path, size) => {
      if (kind === 'list') return '150 Here comes the directory listing.'
      if (kind === 'write') return '150 Ok to send data.'
      return `150 Opening ${binary ? 'BINARY' : 'ASCII'} mode data connection for ${path} (${size} bytes).`
    },
    complete: (kind) => (kind === 'list' ? '226 Directory send OK.' : '226 Transfer complete.'),
    broken: '426 Failure writing network stream.',
    goodbye: '221 Goodbye.',
    idle: '421 Timeout.',
    // `idle_session_timeout`.
    patience: {loginMs: 300_000, idleMs: 300_000},
    auth: (mechanism, tls) => {
      if (!tls) return {reply: '530 Please login with USER and PASS.', upgrade: false}
      const known = ['TLS', 'TLS-C', 'SSL', 'TLS-P'].includes(mechanism)
      return known
        ? {reply: '234 Proceed with negotiation.', upgrade: true}
        : {reply: '504 Unknown AUTH type.', upgrade: false}
    },
    bufferSize: (secure) => (secure ? '200 PBSZ set to 0.' : '503 PBSZ needs a secure connection.'),
    protection: (secure, level) => {
      if (!secure) return {reply: '503 PROT needs a secure connection.', private: null}
      if (level === 'P') return {reply: '200 PROT now Private.', private: true}
      if (level === 'C') return {reply: '200 PROT now Clear.', private: false}
      const unsupported = level === 'S' || level === 'E'
      return {reply: unsupported ? '536 PROT not supported.' : '504 PROT not recognized.', private: null}
    },
    listLine: ({name, node}, now) =>
      `${modeText(node)} ${String(linksOf(node)).padStart(4)} ${String(node.uid).padEnd(8)} ${String(node.gid).padEnd(8)} ` +
      `${String(sizeOf(node)).padStart(8)} ${unixDate(node.mtime, now, '0')} ${name}`,
    machineLists: false,
    silentList: true,
  }
}
