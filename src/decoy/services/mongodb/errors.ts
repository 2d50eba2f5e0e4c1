/** Errors as the server names and numbers them (mongodb.com/docs/manual/reference/error-codes). */
import {type BsonDocument, Double, document} from '../../codecs/bson/values.ts'

const NAMES = {
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  CommandNotFound: 59,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NoReplicationEnabled: 76,
  CommandNotSupported: 115,
  MechanismUnavailable: 334,
  UnsupportedOpQueryCommand: 352,
  Location40324: 40_324,
  Location40414: 40_414,
  Location40571: 40_571,
  Location5739101: 5_739_101,
  OutOfDiskSpace: 14_031,
} as const

export type CodeName = keyof typeof NAMES

/** What a command answers instead. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly codeName: CodeName

  constructor(codeName: CodeName, message: string) {
    super(message)
    this.codeName = codeName
  }

  document(): BsonDocument {
    const {codeName} = this
    return document({ok: new Double(0), errmsg: this.message, code: NAMES[codeName], codeName})
  }
}

export const codeOf = (name: CodeName): number => NAMES[name]
