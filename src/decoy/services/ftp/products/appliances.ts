/** FTP servers of firmware: small, and each greets with the device that it is. */
import type {Camera} from '../../../persona/camera.ts'
import type {Printer} from '../../../persona/printer.ts'
import {block, type Product} from './product.ts'
import {proftpd} from './proftpd.ts'

const OPEN = new Set(['HELP', 'NOOP', 'PASS', 'QUIT', 'SYST', 'USER'])
const NO_TLS = {reply: '502 Command not implemented.', upgrade: false} as const

/** What such servers do not have that ProFTPD has. */
function plain(name: 'axis' | 'jetdirect', greeting: string): Product {
  const unknown = (): string => '502 Command not implemented.'
  return {
    ...proftpd('1.3.7', null, '', ''),
    name,
    greeting: `220 ${greeting}`,
    open: OPEN,
    unimplemented: new Set(['ACCT', 'REIN', 'SMNT']),
    unknown,
    unknownBeforeLogin: unknown,
    notImplemented: unknown,
    missing: () => '501 Syntax error in parameters or arguments.',
    userFirst: '503 Login with USER first.',
    features: () => [' SIZE', ' MDTM', ' REST STREAM'],
    featuresHead: 'Extensions supported:',
    featuresEnd: 'End.',
    system: '215 UNIX Type: L8',
    options: unknown,
    site: unknown,
    auth: () => NO_TLS,
    bufferSize: unknown,
    protection: () => ({reply: unknown(), private: null}),
    noop: '200 Command okay.',
    goodbye: '221 Goodbye.',
    idle: '421 Timeout.',
    patience: {},
    machineLists: false,
  }
}

/** `220 AXIS P3245-LV Network Camera 10.12.166 (Nov 21 2022) ready.` */
export function axis({name, kind, firmware, built}: Camera, banner: string | null, version: string | null): Product {
  const day = built.replace(/ \d\d:\d\d$/, '')
  const base = plain('axis', banner ?? `${name} ${kind} ${version ?? firmware} (${day}) ready.`)
  return {
    ...base,
    loginFirst: '530 Not logged in.',
    user: () => '331 User name okay, need password.',
    welcome: () => '230 User logged in, proceed.',
    denied: '530 Login incorrect.',
    maxFailures: 3,
    failureDelay: [1000, 1100],
    help: block(
      214,
      'The following commands are recognized.',
      [' USER PASS QUIT PORT PASV TYPE RETR STOR LIST CWD PWD'],
      'End',
    ),
  }
}

/** Prints what anybody puts there: it asks for a name, and takes every one. */
export function jetdirect({model}: Printer, banner: string | null): Product {
  return {
    ...plain('jetdirect', banner ?? 'JD FTP Server Ready'),
    everybody: true,
    loginFirst: '530 Authentication required.',
    user: () => '331 Username Ok, send identity (email address) as password.',
    welcome: () =>
      block(
        230,
        '',
        [
          '    Hewlett-Packard FTP Print Server Version 3.0',
          'Directory:     Description:',
          `PORT1          Print to port 1 ${model.name}`,
          'Ready to print to PORT1',
        ],
        'User logged in.',
      ),
    denied: '530 Login incorrect.',
    failureDelay: [10, 50],
    help: block(
      214,
      'The following commands are recognized.',
      [' USER PASS QUIT PORT PASV TYPE STOR LIST CWD PWD ABOR HELP NOOP'],
      'End',
    ),
  }
}
