/** `ls`, `stat`, `find` and what else shows files without opening them. */
import {FsError, type Node, sizeOf} from '../../files/nodes.ts'
import {absolutePath, baseName} from '../../files/paths.ts'
import {type Call, type Flags, type Program, type Programs, readFlags} from '../command.ts'
import {matches} from '../glob.ts'
import {monthDay} from './identity.ts'
import {humanSize} from './system.ts'

const TYPE_LETTERS: Readonly<Record<Node['kind'], string>> = {file: '-', directory: 'd', link: 'l', device: 'c'}
const HALF_YEAR_S = 15_778_476

/** `drwxr-xr-x`. */
export function modeText(node: Node): string {
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((node.mode >> (8 - index)) & 1 ? letter : '-'))
  const special = (at: number, flag: number, letter: string): void => {
    if ((node.mode & flag) !== 0) bits[at] = bits[at] === '-' ? letter.toUpperCase() : letter
  }
  special(2, 0o4000, 's')
  special(5, 0o2000, 's')
  special(8, 0o1000, 't')
  return TYPE_LETTERS[node.kind] + bits.join('')
}

export function ownerName({machine}: Pick<Call, 'machine'>, id: number): string {
  return machine.accounts.find(({uid}) => uid === id)?.name ?? String(id)
}

/** `Nov 23 08:20`, or the year for what is older than half a year. */
export function listTime(seconds: number, now: number): string {
  const date = new Date(seconds * 1000)
  const recent = Math.abs(now / 1000 - seconds) < HALF_YEAR_S
  return `${monthDay(date)} ${recent ? date.toISOString().slice(11, 16) : ` ${date.getUTCFullYear()}`}`
}

interface Entry {
  readonly name: string
  readonly node: Node
}

const list: Program = (call) => {
  const flags = readFlags(call.args)
  const targets = flags.operands.length === 0 ? ['.'] : flags.operands
  const files: Entry[] = []
  const directories: {readonly name: string; readonly path: string}[] = []
  let status = 0
  for (const name of targets) {
    try {
      const path = absolutePath(call.shell.cwd, name)
      const node = call.machine.files.node(path, call.account, !flags.has('d') && !flags.has('l'))
      if (node.kind === 'directory' && !flags.has('d')) directories.push({name, path})
      else files.push({name, node})
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      call.err(`ls: cannot access '${name}': ${error.message}\n`)
      status = 2
    }
  }
  if (!flags.has('t')) files.sort((left, right) => (left.name < right.name ? -1 : 1))
  print(call, flags, files)
  directories.forEach(({name, path}, index) => {
    if (targets.length > 1) call.out(`${index + files.length > 0 ? '\n' : ''}${name}:\n`)
    status = Math.max(status, listDirectory(call, flags, name, path))
  })
  return status
}

function listDirectory(call: Call, flags: Flags, name: string, path: string): number {
  try {
    const {files} = call.machine
    const entries: Entry[] = files.list(path, call.account).map(([entry, node]) => ({name: entry, node}))
    const shown = entries.filter((entry) => flags.has('a') || flags.has('A') || !entry.name.startsWith('.'))
    if (flags.has('a')) {
      shown.unshift(
        {name: '.', node: files.node(path, call.account)},
        {name: '..', node: files.node(absolutePath(path, '..'), call.account)},
      )
    }
    if (flags.has('t')) shown.sort((left, right) => right.node.mtime - left.node.mtime)
    if (flags.has('r')) shown.reverse()
    if (flags.has('l')) {
      const blocks = shown.reduce((sum, {node}) => sum + Math.ceil(sizeOf(node) / 4096) * 4, 0)
      call.out(`total ${flags.has('h') ? humanSize(blocks) : blocks}\n`)
    }
    print(call, flags, shown)
    return 0
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    call.err(`ls: cannot open directory '${name}': ${error.message}\n`)
    return 2
  }
}

function print(call: Call, flags: Flags, entries: readonly Entry[]): void {
  if (entries.length === 0) return
  if (flags.has('l')) printLong(call, flags, entries)
  else if (call.shell.host.terminal !== null && !flags.has('1')) printColumns(call, entries)
  else call.out(`${entries.map(({name}) => name).join('\n')}\n`)
}

function printLong(call: Call, flags: Flags, entries: readonly Entry[]): void {
  const rows = entries.map(({name, node}) => ({
    mode: modeText(node),
    links: String(
      node.kind === 'directory' ? 2 + [...node.entries.values()].filter(({kind}) => kind === 'directory').length : 1,
    ),
    owner: flags.has('n') ? String(node.uid) : ownerName(call, node.uid),
    group: flags.has('n') ? String(node.gid) : ownerName(call, node.gid),
    size: sizeText(node, flags),
    time: listTime(node.mtime, call.machine.now()),
    name: node.kind === 'link' ? `${name} -> ${node.target}` : name,
  }))
  const width = (key: 'links' | 'owner' | 'group' | 'size'): number => Math.max(...rows.map((row) => row[key].length))
  const [links, owner, group, size] = [width('links'), width('owner'), width('group'), width('size')]
  for (const row of rows) {
    const people = `${row.owner.padEnd(owner)} ${row.group.padEnd(group)}`
    call.out(`${row.mode} ${row.links.padStart(links)} ${people} ${row.size.padStart(size)} ${row.time} ${row.name}\n`)
  }
}

function sizeText(node: Node, flags: Flags): string {
  if (node.kind === 'device') return `${node.major}, ${String(node.minor).padStart(3)}`
  const size = sizeOf(node)
  return flags.has('h') && size >= 1024 ? humanSize(size / 1024) : String(size)
}

function printColumns({out, shell}: Call, entries: readonly Entry[]): void {
  const width = Math.max(...entries.map(({name}) => name.length)) + 2
  const columns = Math.max(1, Math.floor((shell.host.terminal?.columns ?? 80) / width))
  const rows = Math.ceil(entries.length / columns)
  for (let row = 0; row < rows; row++) {
    const names = entries.filter((_, index) => index % rows === row).map(({name}) => name)
    out(`${names.map((name, index) => (index === names.length - 1 ? name : name.padEnd(width))).join('')}\n`)
  }
}

const stat: Program = (call) => {
  let status = 0
  for (const name of readFlags(call.args, 'cf').operands) {
    try {
      const node = call.machine.files.node(absolutePath(call.shell.cwd, name), call.account, false)
      const time = new Date(node.mtime * 1000).toISOString().replace('T', ' ').slice(0, 19)
      const kind = {
        file: 'regular file',
        directory: 'directory',
        link: 'symbolic link',
        device: 'character special file',
      }[node.kind]
      call.out(
        `  File: ${name}\n  Size: ${String(sizeOf(node)).padEnd(10)}\tBlocks: ${String(Math.ceil(sizeOf(node) / 4096) * 8).padEnd(10)} IO Block: 4096   ${kind}\n`,
      )
      call.out(
        `Access: (${(node.mode & 0o7777).toString(8).padStart(4, '0')}/${modeText(node)})  Uid: (${String(node.uid).padStart(5)}/${ownerName(call, node.uid).padStart(8)})   Gid: (${String(node.gid).padStart(5)}/${ownerName(call, node.gid).padStart(8)})\n`,
      )
      call.out(`Modify: ${time}.000000000 +0000\n`)
    } catch (error) {
      if (!(error instanceof FsError)) throw error
      call.err(`stat: cannot statx '${name}': ${error.message}\n`)
      status = 1
    }
  }
  return status
}

const MAX_FOUND = 5000

const KINDS: Readonly<Record<string, Node['kind']>> = {f: 'file', d: 'directory', l: 'link', c: 'device'}

/** `-name`, `-iname`, `-type` and `-perm`; other tests are taken as met. */
function findTest(args: readonly string[]): (name: string, node: Node) => boolean {
  const option = (name: string): string | undefined => {
    const at = args.indexOf(name)
    return at === -1 ? undefined : args[at + 1]
  }
  const pattern = option('-name') ?? option('-iname')
  const kind = KINDS[option('-type') ?? '']
  const mode = Number.parseInt((option('-perm') ?? '0').replace(/\D/g, ''), 8) || 0
  return (name, node) =>
    (pattern === undefined || matches(pattern, name)) &&
    (kind === undefined || node.kind === kind) &&
    (node.mode & mode) === mode
}

const find: Program = (call) => {
  const firstTest = call.args.findIndex((arg) => arg.startsWith('-'))
  const starts = firstTest === -1 ? call.args : call.args.slice(0, firstTest)
  const fits = findTest(call.args)
  let left = MAX_FOUND
  const visit = (path: string, shown: string, depth: number): void => {
    if (--left < 0 || depth > 20) return
    const node = call.machine.files.node(path, call.account, false)
    if (fits(baseName(shown) || shown, node)) call.out(`${shown}\n`)
    if (node.kind !== 'directory') return
    for (const name of readableNames(call, path, shown)) {
      visit(`${path === '/' ? '' : path}/${name}`, `${shown === '/' ? '' : shown}/${name}`, depth + 1)
    }
  }
  for (const start of starts.length === 0 ? ['.'] : starts) visit(absolutePath(call.shell.cwd, start), start, 0)
  return 0
}

function readableNames(call: Call, path: string, shown: string): string[] {
  try {
    return call.machine.files.list(path, call.account).map(([name]) => name)
  } catch (error) {
    if (!(error instanceof FsError)) throw error
    call.err(`find: '${shown}': ${error.message}\n`)
    return []
  }
}

const resolve: Program = ({args, machine, account, shell, out, name}) => {
  let status = 0
  for (const path of readFlags(args).operands) {
    try {
      const absolute = absolutePath(shell.cwd, path)
      const node = machine.files.node(absolute, account, false)
      if (name === 'readlink' && !args.includes('-f')) {
        if (node.kind !== 'link') return 1
        out(`${node.target}\n`)
      } else out(`${machine.files.realPath(absolute, account)}\n`)
    } catch {
      status = 1
    }
  }
  return status
}

const du: Program = (call) => {
  const flags = readFlags(call.args, 'd')
  const total = (node: Node): number =>
    node.kind === 'directory'
      ? 4 + [...node.entries.values()].reduce((sum, child) => sum + total(child), 0)
      : Math.ceil(sizeOf(node) / 4096) * 4
  for (const name of flags.operands.length === 0 ? ['.'] : flags.operands) {
    const size = total(call.machine.files.node(absolutePath(call.shell.cwd, name), call.account))
    call.out(`${flags.has('h') ? humanSize(size) : size}\t${name}\n`)
  }
  return 0
}

export const LISTING: Programs = {
  ls: list,
  dir: list,
  stat,
  find,
  du,
  readlink: resolve,
  realpath: resolve,
  basename: ({args, out}) => {
    out(`${baseName((args[0] ?? '').replace(/\/+$/, ''))}\n`)
    return 0
  },
  dirname: ({args, out}) => {
    const path = (args[0] ?? '').replace(/\/+$/, '')
    out(`${path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'}\n`)
    return 0
  },
}
