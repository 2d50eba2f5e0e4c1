/** Octets of one packet that are read: the server says it is its `max_allowed_packet`. */
export const MAX_PACKET = 1024 * 1024
/** Before the login no client has that much to say. */
export const MAX_LOGIN_PACKET = 64 * 1024
