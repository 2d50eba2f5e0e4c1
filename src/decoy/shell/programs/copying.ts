/** Programs that give a file another place or name. */
import {FsError} from '../../files/nodes.ts'
import {absolutePath, baseName} from '../../files/paths.ts'
import {type Call, type Program, type Programs, readFlags} from '../command.ts'
import {forEach, isLink, missingOperand} from './files.ts'

/** Where a copy or a move ends up: inside the target if that is a directory. */
function destination(call: Call, from: string, to: string): string {
  const path = absolutePath(call.shell.cwd, to)
  try {
    return call.machine.files.node(path, call.account).kind === 'directory'
      ? `${path === '/' ? '' : path}/${baseName(from)}`
      : path
  } catch {
    return path
  }
}

const copy: Program = (call) => {
  const flags = readFlags(call.args)
  const to = flags.operands.at(-1)
  if (to === undefined || flags.operands.length < 2) {
    call.err(
      `cp: missing ${to === undefined ? 'file operand' : `destination file operand after '${to}'`}\nTry 'cp --help' for more information.\n`,
    )
    return 1
  }
  const recursive = flags.has('r') || flags.has('R') || flags.has('a')
  return forEach(call, flags.operands.slice(0, -1), 'cannot stat', (path, name) => {
    const node = call.machine.files.node(path, call.account)
    if (node.kind === 'directory' && !recursive) {
      call.err(`cp: -r not specified; omitting directory '${name}'\n`)
      return
    }
    copyTree(call, path, destination(call, path, to), 0)
  })
}

function copyTree(call: Call, from: string, to: string, depth: number): void {
  const {files} = call.machine
  const node = files.node(from, call.account)
  if (node.kind !== 'directory') {
    const file = files.readable(from, call.account)
    if (file.bait) call.shell.host.fileRead(from)
    files.write(to, files.read(from, call.account), call.account, {mode: node.mode & 0o777})
    return
  }
  if (depth > 12 || to === from || to.startsWith(`${from}/`)) throw new FsError('EINVAL')
  if (!files.exists(to, call.account)) files.mkdir(to, call.account)
  for (const [name] of files.list(from, call.account)) copyTree(call, `${from}/${name}`, `${to}/${name}`, depth + 1)
}

const move: Program = (call) => {
  const {operands} = readFlags(call.args)
  const to = operands.at(-1)
  if (to === undefined || operands.length < 2) return missingOperand(call)
  return forEach(call, operands.slice(0, -1), 'cannot stat', (path) =>
    call.machine.files.rename(path, destination(call, path, to), call.account),
  )
}

const link: Program = (call) => {
  const flags = readFlags(call.args)
  const [target, name] = flags.operands
  if (target === undefined) return missingOperand(call)
  return forEach(call, [name ?? baseName(target)], 'failed to create symbolic link', (path) => {
    const place = destination(call, target, path)
    if (flags.has('f') && isLink(call, place)) call.machine.files.unlink(place, call.account)
    call.machine.files.symlink(target, place, call.account)
  })
}

export const COPYING: Programs = {cp: copy, install: copy, mv: move, ln: link}
