/** Class and code of what a CPU refuses, and who may do what. */
export const ERROR = {
  /** The module has no such service. */
  notImplemented: 0x8104,
  /** The reply would not fit in the PDU that was agreed on. */
  tooLong: 0x8500,
  noBlock: 0xd209,
  noBlocks: 0xd20e,
  /** Not at this protection level. */
  protected: 0xd241,
  noInformation: 0xd401,
  /** Not supported, or its parameters are none. */
  unsupported: 0xd405,
  wrongPassword: 0xd602,
  noPassword: 0xd605,
} as const

/** Of one connection: whether it gave the password. */
export interface Right {
  granted: boolean
}
