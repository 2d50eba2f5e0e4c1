/** Numbers of Kerberos (RFC 4120 §7.5, MS-KILE §2.2, RFC 4757). */

/** Application tags of the messages, which are their `msg-type` too. */
export const MESSAGE = {
  AS_REQ: 10,
  AS_REP: 11,
  TGS_REQ: 12,
  TGS_REP: 13,
  AP_REQ: 14,
  AP_REP: 15,
  KRB_PRIV: 21,
  KRB_ERROR: 30,
} as const

export const PROTOCOL_VERSION = 5

export const ETYPE = {
  DES_CBC_CRC: 1,
  DES_CBC_MD5: 3,
  AES128_CTS_HMAC_SHA1_96: 17,
  AES256_CTS_HMAC_SHA1_96: 18,
  RC4_HMAC: 23,
} as const

export const PADATA = {
  TGS_REQ: 1,
  ENC_TIMESTAMP: 2,
  PW_SALT: 3,
  ETYPE_INFO: 11,
  PK_AS_REQ: 16,
  ETYPE_INFO2: 19,
  PAC_REQUEST: 128,
  FOR_USER: 129,
  FX_COOKIE: 133,
  FX_FAST: 136,
} as const

export const NAME_TYPE = {PRINCIPAL: 1, SRV_INST: 2, SRV_HST: 3, ENTERPRISE: 10} as const

export const ERROR_CODE = {
  CLIENT_UNKNOWN: 6,
  SERVER_UNKNOWN: 7,
  ETYPE_NOT_SUPPORTED: 14,
  CLIENT_REVOKED: 18,
  PREAUTH_FAILED: 24,
  PREAUTH_REQUIRED: 25,
  INTEGRITY: 31,
  TICKET_EXPIRED: 32,
  SKEW: 37,
  RESPONSE_TOO_BIG: 52,
  GENERIC: 60,
  WRONG_REALM: 68,
} as const

/** Key usage numbers (RFC 4120 §7.5.1). */
export const USAGE = {
  ENC_TIMESTAMP: 1,
  TICKET: 2,
  AS_REP: 3,
  TGS_REQ_CHECKSUM: 6,
  TGS_REQ_AUTHENTICATOR: 7,
  TGS_REP_SESSION: 8,
  AP_REQ_AUTHENTICATOR: 11,
  KRB_PRIV: 13,
} as const
