/** CREATE (MS-SMB2 §2.2.13, §2.2.14): opens what is there, and new files for what intruders bring. */
import {CodecError} from '../../../codecs/codec-error.ts'
import {LittleEndianReader} from '../../../codecs/little-endian.ts'
import {operationEvent, shown} from '../evidence.ts'
import {openPipe} from '../pipes/open-pipe.ts'
import {bodyOf, fail, type Reply, type TreeCall} from '../session/call.ts'
import {STATUS} from '../wire/constants.ts'
import {ACTION, createReply} from './create-reply.ts'
import {type Lookup, lookUp} from './nodes.ts'
import type {Open} from './open.ts'
import {Upload} from './uploads.ts'

const REQUEST_SIZE = 57
const MAX_OPENS = 256
const MAX_NAME = 2048
const MAX_CONTEXTS = 16
const PATH_SHOWN = 512

/** §2.2.13, CreateDisposition. */
const DISPOSITION = {SUPERSEDE: 0, OPEN: 1, CREATE: 2, OPEN_IF: 3, OVERWRITE: 4, OVERWRITE_IF: 5} as const
/** §2.2.13, CreateOptions. */
const OPTION = {DIRECTORY: 0x01, NON_DIRECTORY: 0x40, DELETE_ON_CLOSE: 0x1000} as const
/** §2.2.13.1: what changes a file or takes it away. */
const WRITING =
  0x0000_0002 | 0x0000_0004 | 0x0000_0010 | 0x0000_0040 | 0x0000_0100 | 0x0001_0000 | 0x000c_0000 | 0x4000_0000
const DELETING = 0x0001_0000 | 0x0000_0040

export interface CreateRequest {
  readonly access: number
  readonly disposition: number
  readonly options: number
  readonly path: string
  /** Tags of the create contexts. */
  readonly contexts: ReadonlySet<string>
}

export function create(call: TreeCall): Reply {
  const request = parseCreate(call)
  if (call.logon.opens.size >= MAX_OPENS) return fail(STATUS.INSUFFICIENT_RESOURCES)
  const {tree, logon, chain} = call
  const opened = tree.share.type === 'pipe' ? openPipe(call, request.path) : openNode(call, request)
  report(call, request, typeof opened === 'number' ? opened : STATUS.SUCCESS)
  if (typeof opened === 'number') return fail(opened)
  logon.opens.set(opened.open.id, opened.open)
  chain.fileId = opened.open.id
  return createReply(call, opened.open, opened.action, request.contexts)
}

/** Listing a directory is no news, as long as it exists. */
function report({shared, tree}: TreeCall, request: CreateRequest, status: number): void {
  const deletes = (request.access & DELETING) !== 0 || (request.options & OPTION.DELETE_ON_CLOSE) !== 0
  const operation = deletes ? 'delete-or-rename' : request.disposition === DISPOSITION.OPEN ? 'open' : 'create'
  shared.report(
    operationEvent(operation, status, {share: shown(tree.share.name, 128), path: shown(request.path, PATH_SHOWN)}),
  )
}

function parseCreate(call: TreeCall): CreateRequest {
  const reader = bodyOf(call, REQUEST_SIZE)
  reader.take(22)
  const access = reader.u32()
  reader.take(8)
  const disposition = reader.u32()
  const options = reader.u32()
  const nameOffset = reader.u16()
  const nameLength = reader.u16()
  const contextsOffset = reader.u32()
  const contextsLength = reader.u32()
  if (nameLength % 2 !== 0 || nameLength > MAX_NAME || disposition > DISPOSITION.OVERWRITE_IF) {
    throw new CodecError('a CREATE of impossible values')
  }
  const path = reader.slice(nameOffset, nameLength).toString('utf16le')
  return {access, disposition, options, path, contexts: tagsOf(reader.slice(contextsOffset, contextsLength))}
}

/** §2.2.13.2: a chain in which each element says how far away the next one is. */
function tagsOf(chain: Buffer): ReadonlySet<string> {
  const tags = new Set<string>()
  let rest = chain
  for (let count = 0; rest.length > 0; count++) {
    if (count === MAX_CONTEXTS) throw new CodecError('too many create contexts')
    const reader = new LittleEndianReader(rest)
    const next = reader.u32()
    const offset = reader.u16()
    tags.add(reader.slice(offset, Math.min(reader.u16(), 16)).toString('latin1'))
    if (next === 0) break
    if (next < 16 || next > rest.length) throw new CodecError('a create context that leads nowhere')
    rest = rest.subarray(next)
  }
  return tags
}

type Opened = {readonly open: Open; readonly action: number}

function openNode(call: TreeCall, request: CreateRequest): Opened | number {
  const {shared, tree} = call
  const {path} = request
  // A path that begins with a backslash is refused by all dialects (§3.3.5.9).
  if (path.startsWith('\\')) return STATUS.INVALID_PARAMETER
  const {share} = tree
  const found = lookUp(share.root, path, (directory, at) => [
    ...directory.children,
    ...shared.host.uploads.listed(share.name, at),
  ])
  switch (found.state) {
    case 'invalid':
      return STATUS.OBJECT_NAME_INVALID
    case 'no-path':
      return STATUS.OBJECT_PATH_NOT_FOUND
    case 'absent':
      return createNew(call, request)
    case 'found':
      return openExisting(call, request, found)
  }
}

function openExisting(
  call: TreeCall,
  request: CreateRequest,
  {node}: Extract<Lookup, {state: 'found'}>,
): Opened | number {
  const {tree, shared} = call
  const {disposition, options, access, path} = request
  if (disposition === DISPOSITION.CREATE) return STATUS.OBJECT_NAME_COLLISION
  if (node.kind === 'directory' && (options & OPTION.NON_DIRECTORY) !== 0) return STATUS.FILE_IS_A_DIRECTORY
  if (node.kind === 'file' && (options & OPTION.DIRECTORY) !== 0) return STATUS.NOT_A_DIRECTORY
  const replaces = disposition !== DISPOSITION.OPEN && disposition !== DISPOSITION.OPEN_IF
  if (replaces && node.kind === 'file' && shared.host.uploads.isKept(tree.share.name, path)) {
    return beginUpload(call, path, ACTION.OVERWRITTEN)
  }
  if (replaces || (access & WRITING) !== 0 || (options & OPTION.DELETE_ON_CLOSE) !== 0) return STATUS.ACCESS_DENIED
  const base = {id: BigInt(shared.nextId()), treeId: tree.id, path}
  const open: Open =
    node.kind === 'directory'
      ? {...base, kind: 'directory', node, listing: null}
      : {...base, kind: 'file', node, wasRead: false}
  return {open, action: ACTION.OPENED}
}

function createNew(call: TreeCall, {disposition, options, path}: CreateRequest): Opened | number {
  const opensOnly = disposition === DISPOSITION.OPEN || disposition === DISPOSITION.OVERWRITE
  if (opensOnly) return STATUS.OBJECT_NAME_NOT_FOUND
  const mayAdd = call.tree.share.access !== 'user' && call.logon.account.kind === 'user'
  if (!mayAdd || (options & OPTION.DIRECTORY) !== 0) return STATUS.ACCESS_DENIED
  return beginUpload(call, path, ACTION.CREATED)
}

function beginUpload({shared, tree, logon}: TreeCall, path: string, action: number): Opened | number {
  const {host, connection} = shared
  const underWay = [...logon.opens.values()].filter(({kind}) => kind === 'upload').length
  if (underWay >= connection.limits.uploadsPerSession) return STATUS.INSUFFICIENT_RESOURCES
  const now = connection.now()
  const cut = path.lastIndexOf('\\')
  const id = BigInt(shared.nextId())
  const open: Open = {
    kind: 'upload',
    id,
    treeId: tree.id,
    path,
    directory: path.slice(0, Math.max(0, cut)),
    name: path.slice(cut + 1),
    number: 0x3_0000_0000_0101n + id,
    times: {created: now, modified: now, accessed: now},
    upload: new Upload(host.uploads, connection.limits.uploadBytes),
  }
  return {open, action}
}
