/** Programs that change files. */
import {FsError, sizeOf} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import {type Call, type Program, type Programs, readFlags} from '../command.ts'

/** Does something for every operand; a failure is told in the words of coreutils and does not stop the rest. */
export function forEach(
  call: Call,
  operands: readonly string[],
  verb: string,
  act: (path: string, name: string) => void,
): number {
  let status = 0
  for (const name of operands) {
    try {
      act(absolutePath(call.shell.cwd, name), name)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      call.err(`${call.name}: ${verb} '${name}': ${error.message}\n`)
      status = 1
    }
  }
  return status
}

export function missingOperand(call: Call): number {
  call.err(`${call.name}: missing operand\nTry '${call.name} --help' for more information.\n`)
  return 1
}

const mkdir: Program = (call) => {
  const flags = readFlags(call.args, 'm')
  if (flags.operands.length === 0) return missingOperand(call)
  const {files} = call.machine
  return forEach(call, flags.operands, 'cannot create directory', (path) => {
    if (!flags.has('p')) {
      files.mkdir(path, call.account)
      return
    }
    const parts = path.split('/').filter((part) => part !== '')
    parts.forEach((_, index) => {
      const prefix = `/${parts.slice(0, index + 1).join('/')}`
      if (!files.exists(prefix, call.account)) files.mkdir(prefix, call.account)
    })
  })
}

const rmdir: Program = (call) =>
  call.args.length === 0
    ? missingOperand(call)
    : forEach(call, readFlags(call.args).operands, 'failed to remove', (path) =>
        call.machine.files.rmdir(path, call.account),
      )

const MAX_REMOVED = 20_000

const rm: Program = (call) => {
  const flags = readFlags(call.args)
  const recursive = flags.has('r') || flags.has('R')
  if (flags.operands.length === 0) return flags.has('f') ? 0 : missingOperand(call)
  const {files} = call.machine
  let left = MAX_REMOVED
  const remove = (path: string): void => {
    if (--left < 0) return
    const node = files.node(path, call.account, false)
    if (node.kind !== 'directory') {
      files.unlink(path, call.account)
      return
    }
    for (const [name] of files.list(path, call.account)) remove(`${path}/${name}`)
    files.rmdir(path, call.account)
  }
  return forEach(call, flags.operands, 'cannot remove', (path, name) => {
    if (path === '/' && recursive) {
      call.err(
        "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
      )
      return
    }
    if (flags.has('f') && !files.exists(path, call.account) && !isLink(call, path)) return
    if (!recursive && files.node(path, call.account, false).kind === 'directory') {
      call.err(`rm: cannot remove '${name}': Is a directory\n`)
      return
    }
    remove(path)
  })
}

export function isLink(call: Call, path: string): boolean {
  try {
    return call.machine.files.node(path, call.account, false).kind === 'link'
  } catch {
    return false
  }
}

const touch: Program = (call) =>
  call.args.length === 0
    ? missingOperand(call)
    : forEach(call, readFlags(call.args, 'trd').operands, 'cannot touch', (path) =>
        call.machine.files.touch(path, call.account),
      )

const chmod: Program = (call) => {
  // A mode such as `-x` would be taken for flags.
  const [mode, ...operands] = call.args.filter((arg) => arg !== '-R' && arg !== '-f' && arg !== '-v')
  if (mode === undefined || operands.length === 0) return missingOperand(call)
  return forEach(call, operands, 'cannot access', (path) => {
    const node = call.machine.files.node(path, call.account)
    call.machine.files.chmod(path, newMode(node.mode, mode), call.account)
  })
}

/** Octal, or symbolic as in `u+x,go-w`. */
function newMode(before: number, text: string): number {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
  let mode = before
  for (const clause of text.split(',')) {
    const [, who = '', operator = '', what = ''] = /^([ugoa]*)([+=-])([rwxst]*)$/.exec(clause) ?? []
    const classes = who === '' || who.includes('a') ? 'ugo' : who
    const bits = [...what].reduce((sum, letter) => sum | ({r: 4, w: 2, x: 1}[letter] ?? 0), 0)
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!classes.includes(letter)) continue
      if (operator === '+') mode |= bits << shift
      else if (operator === '-') mode &= ~(bits << shift)
      else if (operator === '=') mode = (mode & ~(7 << shift)) | (bits << shift)
    }
  }
  return mode
}

const chown: Program = (call) => {
  const [owner = '', ...operands] = readFlags(call.args).operands
  const account = call.machine.accounts.find(({name}) => name === owner.replace(/[:.].*$/, ''))
  if (account === undefined) {
    call.err(`${call.name}: invalid user: '${owner}'\n`)
    return 1
  }
  return forEach(call, operands, 'changing ownership of', (path) =>
    call.machine.files.chown(path, account.uid, account.gid, call.account),
  )
}

const tee: Program = async (call) => {
  const flags = readFlags(call.args)
  const data = Buffer.from(await call.stdin.all(), 'latin1')
  call.out(data.toString('latin1'))
  return forEach(call, flags.operands, 'cannot open', (path) => {
    call.machine.files.write(path, data, call.account, {append: flags.has('a')})
    call.shell.host.fileWritten(path, data)
  })
}

const dd: Program = async (call) => {
  const option = (name: string): string | undefined =>
    call.args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1)
  const input = option('if')
  const size = Number.parseInt(option('bs') ?? '512', 10) || 512
  const count = Number.parseInt(option('count') ?? '4096', 10)
  const {files} = call.machine
  const all =
    input === undefined
      ? await call.stdin.all()
      : files.read(absolutePath(call.shell.cwd, input), call.account).toString('latin1')
  const text = all.slice(0, size * count)
  const output = option('of')
  if (output === undefined) call.out(text)
  else {
    const path = absolutePath(call.shell.cwd, output)
    const data = Buffer.from(text, 'latin1')
    files.write(path, data, call.account)
    call.shell.host.fileWritten(path, data)
  }
  const blocks = `${Math.floor(text.length / size)}+${text.length % size === 0 ? 0 : 1}`
  call.err(
    `${blocks} records in\n${blocks} records out\n${text.length} bytes copied, 0.000214 s, ${(text.length / 214).toFixed(1)} MB/s\n`,
  )
  return 0
}

const mktemp: Program = (call) => {
  const suffix = call.shell.machine.persona.bytes(`tmp ${call.machine.now()}`, 5).toString('hex')
  const path = `/tmp/tmp.${suffix}`
  if (call.args.includes('-d')) call.machine.files.mkdir(path, call.account, 0o700)
  else call.machine.files.write(path, Buffer.alloc(0), call.account, {mode: 0o600})
  call.out(`${path}\n`)
  return 0
}

/** Archives are looked at, not opened: what was uploaded is in the evidence already. */
const tar: Program = (call) => {
  const archive = readFlags(call.args, 'fC').value('f') ?? call.args.find((arg) => /\.(?:t?gz|tar|bz2|xz)$/.test(arg))
  if (archive === undefined) {
    call.err(
      "tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\nTry 'tar --help' or 'tar --usage' for more information.\n",
    )
    return 2
  }
  const path = absolutePath(call.shell.cwd, archive)
  if (/^-?[a-z]*c/.test(call.args[0] ?? '')) {
    call.machine.files.write(path, Buffer.alloc(10_240), call.account)
    return 0
  }
  try {
    const node = call.machine.files.node(path, call.account)
    call.err(
      sizeOf(node) === 0
        ? ''
        : 'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
    )
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    call.err(`tar: ${archive}: Cannot open: ${error.message}\ntar: Error is not recoverable: exiting now\n`)
  }
  return 2
}

const fileType: Program = (call) =>
  forEach(call, readFlags(call.args).operands, 'cannot open', (path, name) => {
    const node = call.machine.files.node(path, call.account, false)
    call.out(`${name}: ${describe(call, path, node.kind)}\n`)
  })

function describe(call: Call, path: string, kind: string): string {
  if (kind !== 'file')
    return {directory: 'directory', link: 'symbolic link', device: 'character special'}[kind] ?? 'data'
  const data = call.machine.files.read(path, call.account)
  if (data.length === 0) return 'empty'
  if (data.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')))
    return 'ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, stripped'
  if (data.subarray(0, 2).toString('latin1') === '#!') return 'POSIX shell script, ASCII text executable'
  return data.subarray(0, 512).every((value) => value < 0x80) ? 'ASCII text' : 'data'
}

export const FILES: Programs = {
  mkdir,
  rmdir,
  rm,
  touch,
  chmod,
  chown,
  chgrp: chown,
  chattr: () => 0,
  lsattr: ({args, out}) => {
    out(`--------------e------- ${args.at(-1) ?? '.'}\n`)
    return 0
  },
  tee,
  dd,
  mktemp,
  tar,
  file: fileType,
  unlink: (call) =>
    forEach(call, call.args.slice(0, 1), 'cannot unlink', (path) => call.machine.files.unlink(path, call.account)),
}
