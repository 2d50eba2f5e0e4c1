/** Reason codes of version 5 (section 2.4) and return codes of the versions before (3.1.1 section 3.2.2.3). */
export const REASON = {
  SUCCESS: 0x00,
  DISCONNECT_WITH_WILL: 0x04,
  NO_SUBSCRIBERS: 0x10,
  NO_SUBSCRIPTION: 0x11,
  MALFORMED: 0x81,
  PROTOCOL_ERROR: 0x82,
  NOT_AUTHORIZED: 0x87,
  BAD_AUTHENTICATION_METHOD: 0x8c,
  RECEIVE_MAXIMUM: 0x93,
  TOPIC_ALIAS_INVALID: 0x94,
  PACKET_TOO_LARGE: 0x95,
  QUOTA_EXCEEDED: 0x97,
} as const

export type Reason = (typeof REASON)[keyof typeof REASON]

export const RETURN_CODE = {ACCEPTED: 0, VERSION: 1, IDENTIFIER: 2, NOT_AUTHORIZED: 5} as const

/** What ends a connection. Told to clients of version 5, unless the broker says nothing of it. */
export class MqttError extends Error {
  override readonly name = 'MqttError'
  /** Null: the connection is closed without a word. */
  readonly reason: Reason | null

  constructor(message: string, reason: Reason | null = REASON.MALFORMED) {
    super(message)
    this.reason = reason
  }
}
