/** What the shell itself does. */

import {allows, FsError, PERMISSION} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import type {Call, Program, Programs} from '../command.ts'
import {TextInput} from '../io.ts'

const changeDirectory: Program = (call) => {
  const {shell, machine, account} = call
  const wanted = call.args[0] ?? shell.get('HOME')
  const target = wanted === '-' ? shell.get('OLDPWD') : wanted
  try {
    const path = absolutePath(shell.cwd, target)
    const node = machine.files.node(path, account)
    if (node.kind !== 'directory') throw new FsError('ENOTDIR')
    if (!allows(node, account, PERMISSION.execute)) throw new FsError('EACCES')
    shell.set('OLDPWD', shell.cwd)
    shell.cwd = path
    shell.set('PWD', path)
    if (wanted === '-') call.out(`${path}\n`)
    return 0
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    call.err(`${shell.place}: cd: ${wanted}: ${error.message}\n`)
    return 1
  }
}

const leave: Program = ({args, shell}) => {
  const code = Number.parseInt(args[0] ?? String(shell.status), 10)
  shell.exiting = Number.isNaN(code) ? 2 : code & 0xff
  return shell.exiting
}

const exportVariable: Program = ({args, shell, out}) => {
  if (args.length === 0 || args[0] === '-p') {
    for (const [name, {value, exported}] of shell.variables) if (exported) out(`declare -x ${name}="${value}"\n`)
    return 0
  }
  for (const arg of args) {
    const [, name, value] = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(arg) ?? []
    if (name !== undefined) shell.set(name, value ?? shell.get(name), true)
  }
  return 0
}

const unset: Program = ({args, shell}) => {
  for (const name of args) {
    shell.variables.delete(name)
    if (name === 'HISTFILE') shell.history = []
  }
  return 0
}

const history: Program = ({args, shell, out}) => {
  if (args[0] === '-c') {
    shell.history = []
    return 0
  }
  const saved = `${shell.account.home}/.bash_history`
  if (shell.machine.files.exists(saved, shell.account)) shell.host.fileRead(saved)
  shell.history.forEach((line, index) => {
    out(`${String(index + 1).padStart(5)}  ${line}\n`)
  })
  return 0
}

const evaluate: Program = ({args, script}) => script(args.join(' '))

const source: Program = (call) => {
  const [path] = call.args
  if (path === undefined) return 2
  return call.script(call.machine.files.read(absolutePath(call.shell.cwd, path), call.account).toString('latin1'))
}

/** `sh`, `sh -c text`, `sh file`, and `sh` that reads its program from a pipe. */
const shellProgram: Program = async (call) => {
  const at = call.args.findIndex((arg) => arg === '-c' || /^-[a-z]*c$/.test(arg))
  if (at !== -1) {
    const text = call.args[at + 1]
    if (text === undefined) {
      call.err(`${call.name}: -c: option requires an argument\n`)
      return 2
    }
    return inner(call, text, call.args.slice(at + 3))
  }
  const [file] = call.args.filter((arg) => !arg.startsWith('-'))
  if (file !== undefined) {
    const path = absolutePath(call.shell.cwd, file)
    return inner(call, call.machine.files.read(path, call.account).toString('latin1'), call.args.slice(1))
  }
  // On a terminal the shell that is there already goes on: nobody sees the difference before `exit`.
  if (call.shell.options.interactive && !(call.stdin instanceof TextInput)) return 0
  return inner(call, await call.stdin.all(), [])
}

function inner(call: Call, text: string, positional: readonly string[]): Promise<number> {
  call.shell.depth++
  const before = call.shell.positional
  call.shell.positional = positional
  return call.script(text, {fork: true}).finally(() => {
    call.shell.depth--
    call.shell.positional = before
  })
}

const type: Program = ({args, out, err, shell, machine, account}) => {
  let status = 0
  for (const name of args.filter((arg) => !arg.startsWith('-'))) {
    const path = findProgram(name, (candidate) => machine.files.exists(candidate, account))
    if (BUILTIN_NAMES.has(name)) out(`${name} is a shell builtin\n`)
    else if (path !== null) out(`${name} is ${path}\n`)
    else {
      err(`${shell.options.name}: type: ${name}: not found\n`)
      status = 1
    }
  }
  return status
}

const which: Program = ({name, args, out, err, shell, machine, account}) => {
  let status = 0
  for (const wanted of args.filter((arg) => !arg.startsWith('-'))) {
    const path = findProgram(wanted, (candidate) => machine.files.exists(candidate, account))
    if (path !== null) out(`${path}\n`)
    else {
      if (machine.profile.family === 'redhat') err(`/usr/bin/${name}: no ${wanted} in (${shell.get('PATH')})\n`)
      status = 1
    }
  }
  return status
}

function findProgram(name: string, exists: (path: string) => boolean): string | null {
  return ['/usr/bin', '/usr/sbin', '/usr/local/bin'].map((directory) => `${directory}/${name}`).find(exists) ?? null
}

const command: Program = ({args, run, out, machine, account}) => {
  const [first, ...rest] = args
  if (first === '-v' || first === '-V') {
    const path = findProgram(rest[0] ?? '', (candidate) => machine.files.exists(candidate, account))
    if (path === null && !BUILTIN_NAMES.has(rest[0] ?? '')) return 1
    out(`${path ?? rest[0]}\n`)
    return 0
  }
  return first === undefined ? 0 : run(first, rest)
}

const read: Program = async ({args, shell, stdin}) => {
  const names = args.filter((arg) => !arg.startsWith('-'))
  const line = await stdin.line()
  if (line === null) return 1
  const fields = line.trim().split(/\s+/)
  names.forEach((name, index) => {
    shell.set(name, index === names.length - 1 ? fields.slice(index).join(' ') : (fields[index] ?? ''))
  })
  return 0
}

const alias: Program = ({args, shell, out}) => {
  for (const [name, value] of shell.aliases) if (args.length === 0) out(`alias ${name}='${value}'\n`)
  return 0
}

const ulimit: Program = ({args, out}) => {
  out(args[0] === '-n' ? '1024\n' : 'unlimited\n')
  return 0
}

const succeed: Program = () => 0

export const BUILTINS: Programs = {
  cd: changeDirectory,
  exit: leave,
  logout: leave,
  return: leave,
  export: exportVariable,
  declare: exportVariable,
  unset,
  history,
  eval: evaluate,
  source,
  '.': source,
  exec: ({args, run}) => (args[0] === undefined ? 0 : run(args[0], args.slice(1))),
  bash: shellProgram,
  sh: shellProgram,
  ash: shellProgram,
  dash: shellProgram,
  type,
  which,
  command,
  read,
  alias,
  ulimit,
  pwd: ({out, shell}) => {
    out(`${shell.cwd}\n`)
    return 0
  },
  umask: ({args, out}) => {
    if (args.length === 0) out('0022\n')
    return 0
  },
  ':': succeed,
  true: succeed,
  false: () => 1,
  set: succeed,
  shopt: succeed,
  trap: succeed,
  wait: succeed,
  jobs: succeed,
  bg: succeed,
  fg: succeed,
  disown: succeed,
  unalias: succeed,
  local: succeed,
}

const EXTERNAL = new Set(['bash', 'sh', 'ash', 'dash', 'which'])
const BUILTIN_NAMES = new Set([
  ...Object.keys(BUILTINS).filter((name) => !EXTERNAL.has(name)),
  'echo',
  'printf',
  'test',
  '[',
])
