/** Which command is answered by what, and what it needs. */
import {cancel, changeNotify} from '../files/change-notify.ts'
import {create} from '../files/create.ts'
import {ioctl} from '../files/ioctl.ts'
import {queryDirectory} from '../files/query-directory.ts'
import {queryInfo} from '../files/query-info.ts'
import {close, flush, lock, read} from '../files/read-close.ts'
import {setInfo} from '../files/set-info.ts'
import {write} from '../files/write.ts'
import {COMMAND, STATUS} from '../wire/constants.ts'
import {
  answer,
  bodyOf,
  type Call,
  EMPTY_BODY,
  fail,
  type Logon,
  type Reply,
  type SessionCall,
  type TreeCall,
} from './call.ts'
import {logoff} from './setup.ts'
import {treeConnect, treeDisconnect} from './trees.ts'

const ECHO_SIZE = 4

const OF_SESSIONS: Readonly<Record<number, (call: SessionCall) => Reply>> = {
  [COMMAND.LOGOFF]: logoff,
  [COMMAND.TREE_CONNECT]: treeConnect,
}

const OF_TREES: Readonly<Record<number, (call: TreeCall) => Reply>> = {
  [COMMAND.TREE_DISCONNECT]: treeDisconnect,
  [COMMAND.CREATE]: create,
  [COMMAND.CLOSE]: close,
  [COMMAND.FLUSH]: flush,
  [COMMAND.READ]: read,
  [COMMAND.WRITE]: write,
  [COMMAND.LOCK]: lock,
  [COMMAND.IOCTL]: ioctl,
  [COMMAND.QUERY_DIRECTORY]: queryDirectory,
  [COMMAND.CHANGE_NOTIFY]: changeNotify,
  [COMMAND.QUERY_INFO]: queryInfo,
  [COMMAND.SET_INFO]: setInfo,
}

/** Null: nothing is answered, as to CANCEL of what is not under way. */
export function commandOf(call: Call, logon: Logon | undefined): Reply | null {
  const {command, treeId} = call.header
  if (command === COMMAND.ECHO) {
    bodyOf(call, ECHO_SIZE)
    return answer(EMPTY_BODY)
  }
  if (command === COMMAND.CANCEL) return logon === undefined ? null : cancel({...call, logon})
  const ofSession = OF_SESSIONS[command]
  const ofTree = OF_TREES[command]
  if (ofSession === undefined && ofTree === undefined) return fail(STATUS.INVALID_PARAMETER)
  if (logon === undefined) return fail(STATUS.USER_SESSION_DELETED)
  if (ofSession !== undefined) return ofSession({...call, logon})
  const tree = logon.trees.get(treeId)
  if (tree === undefined || ofTree === undefined) return fail(STATUS.NETWORK_NAME_DELETED)
  return ofTree({...call, logon, tree})
}
