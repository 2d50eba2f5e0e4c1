import type {LinkGroup} from '../../service.ts'
import {LLMNR_PORT, MDNS_PORT} from './definition.ts'

/** RFC 4795 §2. Windows lets its packets make one hop; systemd-resolved 255. */
export const LLMNR_GROUP: LinkGroup = {address: '224.0.0.252', port: LLMNR_PORT, ttl: 1}
/** RFC 6762 §3 and §11. */
export const MDNS_GROUP: LinkGroup = {address: '224.0.0.251', port: MDNS_PORT, ttl: 255}
