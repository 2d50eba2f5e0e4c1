import {HTTP_ROWS, HTTPS_ROWS} from './http.ts'
import {REDIS_ROWS} from './redis.ts'
import type {FidelityRow} from './row.ts'
import {SSH_ROWS} from './ssh.ts'

/** Every service and product that a decky can claim to be, in the order of the table. */
export const FIDELITY_ROWS: readonly FidelityRow[] = [...SSH_ROWS, ...HTTP_ROWS, ...HTTPS_ROWS, ...REDIS_ROWS]
