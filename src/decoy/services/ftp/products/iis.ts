/** Microsoft FTP Service of IIS 10. */
import {dosLine} from '../listing.ts'
import {block, type Cause, type FileCommand, type Product} from './product.ts'

const DONE: Readonly<Record<FileCommand, (path: string, value: string) => string>> = {
  CWD: () => '250 CWD command successful.',
  CDUP: () => '250 CDUP command successful.',
  DELE: () => '250 DELE command successful.',
  LIST: () => '226 Transfer complete.',
  MDTM: (_, value) => `213 ${value}`,
  MKD: (path) => `257 "${path}" directory created.`,
  MLST: () => '500 Command not understood.',
  RETR: () => '226 Transfer complete.',
  RMD: () => '250 RMD command successful.',
  RNFR: () => '350 Requested file action pending further information.',
  RNTO: () => '250 RNTO command successful.',
  SIZE: (_, value) => `213 ${value}`,
  STAT: () => '213 End of status.',
  STOR: () => '226 Transfer complete.',
}

function failed(_command: FileCommand, _path: string, cause: Cause): string {
  if (cause === 'ENOENT' || cause === 'ENOTDIR') return '550 The system cannot find the file specified. '
  if (cause === 'EEXIST') return '550 Cannot create a file when that file already exists. '
  return cause === 'ENOTEMPTY' ? '550 The directory is not empty. ' : '550 Access is denied. '
}

const FEATURES = [' LANG EN*', ' UTF8']
const TLS_FEATURES = [' AUTH TLS;TLS-C;SSL;TLS-P;', ' PBSZ', ' PROT C;P;', ' CCC']
const LAST_FEATURES = [' HOST', ' SIZE', ' MDTM', ' REST STREAM']
const HELP = (
  'ABOR,ACCT,ADAT *,ALLO,APPE,AUTH,CCC,CDUP,CWD,DELE,ENC *,EPRT,EPSV,FEAT,HELP,HOST,LANG,LIST,MDTM,MIC *,MKD,MODE,' +
  'NLST,NOOP,OPTS,PASS,PASV,PBSZ,PORT,PROT,PWD,QUIT,REIN,REST,RETR,RMD,RNFR,RNTO,SITE,SIZE,SMNT,STAT,STOR,STOU,STRU,' +
  'SYST,TYPE,USER,XCUP,XCWD,XMKD,XPWD,XRMD'
)
  .split(',')
  .map((command) => ` ${command} `)

export function iis(banner: string | null): Product {
  const unknown = (): string => '500 Command not understood.'
  return {
    name: 'iis',
    greeting: `220 ${banner ?? 'Microsoft FTP Service'}`,
    open: new Set('AUTH FEAT HELP HOST LANG NOOP OPTS PASS PBSZ PROT QUIT SYST USER'.split(' ')),
    unimplemented: new Set(['ACCT', 'ADAT', 'ENC', 'MIC', 'SMNT']),
    unknown,
    unknownBeforeLogin: unknown,
    notImplemented: () => '502 Command not implemented.',
    missing: () => '501 Syntax error in parameters or arguments.',
    loginFirst: '530 Please login with USER and PASS.',
    user: (_, anonymous) =>
      anonymous ? '331 Anonymous access allowed, send identity (e-mail name) as password.' : '331 Password required',
    welcome: () => '230 User logged in.',
    denied: '530 User cannot log in.',
    userFirst: '503 Login with USER first.',
    alreadyIn: () => '503 User already logged in.',
    maxFailures: 1000,
    failureDelay: [3, 20],
    features: (tls) => [...FEATURES, ...(tls ? TLS_FEATURES : []), ...LAST_FEATURES],
    featuresHead: 'Extended features supported:',
    featuresEnd: 'END',
    help: block(
      214,
      "The following commands are recognized (* ==>'s unimplemented).",
      HELP,
      'HELP command successful.',
    ),
    system: '215 Windows_NT',
    status: ({peer, user, binary}) =>
      block(
        211,
        'Microsoft FTP Service status:',
        [
          `     Connected from ${peer}`,
          `     Logged in as ${user ?? ''}`,
          `     TYPE: ${binary ? 'Image' : 'ASCII, FORM: Nonprint'}; STRU: File; transfer MODE: STREAM`,
          '     No data connection',
        ],
        'End of status.',
      ),
    statusOf: (_, lines) => block(213, 'status of files:', lines, 'End of status.'),
    type: (type) => (/^(?:[AI]|A N)$/.test(type) ? `200 Type set to ${type.charAt(0)}.` : null),
    badType: () => '504 Command not implemented for that parameter.',
    mode: (mode) => (mode === 'S' ? '200 MODE S ok.' : '504 Command not implemented for that parameter.'),
    structure: (structure) =>
      structure === 'F' ? '200 STRU F ok.' : '504 Command not implemented for that parameter.',
    options: (text) => {
      const utf8 = /^UTF8 (ON|OFF)$/.exec(text)?.[1]
      return utf8 === undefined
        ? '501 Syntax error in parameters or arguments.'
        : `200 OPTS UTF8 command successful - UTF8 encoding now ${utf8}.`
    },
    site: () => '501 Option not supported.',
    noop: '200 noop command successful.',
    abort: '225 ABOR command successful.',
    allocate: '200 ALLO command successful.',
    rest: (text) =>
      /^\d{1,18}$/.test(text)
        ? {reply: `350 Restarting at ${text}.`, offset: Number(text)}
        : {reply: '501 Syntax error in parameters or arguments.', offset: null},
    workingDirectory: (path) => `257 "${path}" is current directory.`,
    done: (command, path, value) => DONE[command](path, value),
    failed,
    renameFirst: '503 Bad sequence of commands.',
    passive: (address) => `227 Entering Passive Mode (${address}).`,
    extendedPassive: (port) => `229 Entering Extended Passive Mode (|||${port}|)`,
    extendedAll: '200 EPSV ALL command successful.',
    badProtocol: () => '522 Network protocol not supported, use (1)',
    active: (command) => `200 ${command} command successful.`,
    badActive: () => '501 Server cannot accept argument.',
    noData: '425 Cannot open data connection.',
    cannotConnect: '425 Cannot open data connection.',
    noPassivePort: '425 Cannot open data connection.',
    opening: (_, binary) => `150 Opening ${binary ? 'BINARY' : 'ASCII'} mode data connection.`,
    complete: () => '226 Transfer complete.',
    broken: '426 Connection closed; transfer aborted.',
    goodbye: '221 Goodbye.',
    idle: '421 Connection timed out.',
    // `unauthenticatedTimeout` and `controlChannelTimeout`.
    patience: {loginMs: 30_000, idleMs: 120_000},
    auth: (mechanism, tls) => {
      if (!tls) return {reply: '534 Local policy on server does not allow TLS secure connections.', upgrade: false}
      const known = ['TLS', 'TLS-C', 'SSL', 'TLS-P'].includes(mechanism)
      return known
        ? {reply: '234 AUTH command ok. Expecting TLS Negotiation.', upgrade: true}
        : {reply: '504 Security mechanism not implemented.', upgrade: false}
    },
    bufferSize: (secure) => (secure ? '200 PBSZ command successful.' : '503 Bad sequence of commands.'),
    protection: (secure, level) => {
      if (!secure) return {reply: '503 Bad sequence of commands.', private: null}
      if (level === 'P' || level === 'C') return {reply: '200 PROT command successful.', private: level === 'P'}
      return {reply: '536 Protection level not supported.', private: null}
    },
    listLine: (entry) => dosLine(entry),
    machineLists: false,
    silentList: false,
  }
}
