/** Commands about directories and files that need no data connection. */
import {contentOf} from '../../files/nodes.ts'
import {absolutePath} from '../../files/paths.ts'
import {machineFacts, timeValue} from './listing.ts'
import type {FileCommand} from './products/product.ts'
import type {Call, VolumeHandler} from './state.ts'
import {causeOf, entriesOf, entry, type Volume} from './volume.ts'

/** Makes a command of what happens to one path; what goes wrong is said as the product does. */
function onPath(
  command: FileCommand,
  act: (call: Call, volume: Volume, path: string) => string | null,
  changes = false,
): VolumeHandler {
  return (call, volume) => {
    const {argument, client, server} = call
    const {product} = server
    if (argument === '' && product.name !== 'vsftpd' && command !== 'MLST') {
      call.reply(product.missing(command))
      return
    }
    if (argument === '' && command === 'CWD') {
      call.reply(product.failed(command, argument, 'ENOENT'))
      return
    }
    if (changes && volume.readOnly) {
      call.reply(product.failed(command, argument, null))
      return
    }
    try {
      const path = absolutePath(client.cwd, argument === '~' ? volume.home : argument)
      const value = act(call, volume, path)
      if (value !== null) call.reply(product.done(command, path, value))
    } catch (error) {
      call.reply(product.failed(command, argument, causeOf(error)))
    }
  }
}

function changeTo({client}: Call, volume: Volume, path: string): string {
  volume.files.list(path, volume.actor)
  client.cwd = path
  return path
}

const goUp: VolumeHandler = (call, volume) => {
  try {
    call.reply(call.server.product.done('CDUP', changeTo(call, volume, absolutePath(call.client.cwd, '..')), ''))
  } catch (error) {
    call.reply(call.server.product.failed('CDUP', '..', causeOf(error)))
  }
}

const sizeOfFile = onPath('SIZE', (_, volume, path) =>
  String(contentOf(volume.files.readable(path, volume.actor)).length),
)

const timeOfFile = onPath('MDTM', (_, volume, path) => timeValue(volume.files.readable(path, volume.actor).mtime))

const renameTo: VolumeHandler = (call, volume) => {
  const {client, server} = call
  const from = client.renameFrom
  if (from === null) {
    call.reply(server.product.renameFirst)
    return
  }
  if (call.argument === '' && server.product.name !== 'vsftpd') {
    call.reply(server.product.missing('RNTO'))
    return
  }
  client.renameFrom = null
  onPath('RNTO', (_, files, path) => {
    files.files.rename(from, path, files.actor)
    return path
  })(call, volume)
}

const machineEntry = onPath('MLST', (_, volume, path) => {
  const node = volume.files.node(path, volume.actor)
  return `${machineFacts(entry(volume, path, node), uniqueOf(path))} ${path}`
})

const status: VolumeHandler = (call, volume) => {
  const {argument, client, server, connection} = call
  const {product} = server
  const [flags = '', ...rest] = argument
    .split(' ')
    .toSorted((left, right) => Number(right.startsWith('-')) - Number(left.startsWith('-')))
  if (argument === '') {
    const facts = {peer: connection.peer.ip, user: client.user, binary: client.binary, secure: client.secure}
    call.reply(product.status({...facts, privateData: client.privateData}))
    return
  }
  const all = flags.startsWith('-')
  const shown = all ? rest.join(' ') : argument
  try {
    const entries = entriesOf(volume, absolutePath(client.cwd, shown), all)
    call.reply(
      product.statusOf(
        shown,
        entries.map((each) => product.listLine(each, connection.now())),
      ),
    )
  } catch (error) {
    const cause = causeOf(error)
    call.reply(product.silentList ? product.statusOf(shown, []) : product.failed('STAT', shown, cause))
  }
}

/** As the device and the inode would be written. */
export function uniqueOf(path: string): string {
  let hash = 0x811c9dc5
  for (const character of path) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return `FE01U${hash.toString(16).toUpperCase()}`
}

const plain =
  (text: (call: Call) => string): VolumeHandler =>
  (call) =>
    call.reply(text(call))

const type: VolumeHandler = (call) => {
  const wanted = call.argument.toUpperCase()
  const {product} = call.server
  const reply = product.type(wanted)
  if (reply !== null) call.client.binary = !wanted.startsWith('A')
  call.reply(reply ?? product.badType(wanted))
}

const restart: VolumeHandler = (call) => {
  const {reply, offset} = call.server.product.rest(call.argument)
  if (offset !== null) call.client.offset = offset
  call.reply(reply)
}

const cwd = onPath('CWD', changeTo)
const mkdir = onPath(
  'MKD',
  (_, volume, path) => {
    volume.files.mkdir(path, volume.actor)
    return path
  },
  true,
)
const rmdir = onPath(
  'RMD',
  (_, volume, path) => {
    volume.files.rmdir(path, volume.actor)
    return path
  },
  true,
)
const pwd = plain(({server, client}) => server.product.workingDirectory(client.cwd))

export const FILE_COMMANDS: Readonly<Record<string, VolumeHandler>> = {
  CWD: cwd,
  XCWD: cwd,
  CDUP: goUp,
  XCUP: goUp,
  PWD: pwd,
  XPWD: pwd,
  MKD: mkdir,
  XMKD: mkdir,
  RMD: rmdir,
  XRMD: rmdir,
  DELE: onPath(
    'DELE',
    (_, volume, path) => {
      volume.files.unlink(path, volume.actor)
      return path
    },
    true,
  ),
  RNFR: onPath(
    'RNFR',
    ({client}, volume, path) => {
      volume.files.node(path, volume.actor, false)
      client.renameFrom = path
      return path
    },
    true,
  ),
  RNTO: renameTo,
  SIZE: sizeOfFile,
  MDTM: timeOfFile,
  STAT: status,
  TYPE: type,
  REST: restart,
  MODE: plain(({server, argument}) => server.product.mode(argument.toUpperCase())),
  STRU: plain(({server, argument}) => server.product.structure(argument.toUpperCase())),
  ALLO: plain(({server}) => server.product.allocate),
  ABOR: plain(({server}) => server.product.abort),
}

export const MACHINE_COMMANDS: Readonly<Record<string, VolumeHandler>> = {MLST: machineEntry}
