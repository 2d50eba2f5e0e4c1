/** Result codes (RFC 4511 Appendix A) that a server here gives. */
export const RESULT = {
  SUCCESS: 0,
  OPERATIONS_ERROR: 1,
  PROTOCOL_ERROR: 2,
  SIZE_LIMIT_EXCEEDED: 4,
  COMPARE_FALSE: 5,
  AUTH_METHOD_NOT_SUPPORTED: 7,
  STRONG_AUTH_REQUIRED: 8,
  REFERRAL: 10,
  UNAVAILABLE_CRITICAL_EXTENSION: 12,
  SASL_BIND_IN_PROGRESS: 14,
  NO_SUCH_OBJECT: 32,
  INVALID_DN_SYNTAX: 34,
  INVALID_CREDENTIALS: 49,
  INSUFFICIENT_ACCESS_RIGHTS: 50,
  UNWILLING_TO_PERFORM: 53,
} as const

/** An LDAPResult without the operation it belongs to. */
export interface Outcome {
  readonly code: number
  readonly matched?: string
  readonly text?: string
  readonly referral?: string
}

export const SUCCESS: Outcome = {code: RESULT.SUCCESS}
