/** Whether a client gets in, and what it is told (CONNACK, 3.1.1 and 5.0 section 3.2). */
import {timingSafeEqual} from 'node:crypto'

import type {Connection} from '../../service.ts'
import type {Broker} from './broker.ts'
import type {Connect} from './connect.ts'
import {PROPERTY, propertyList} from './properties.ts'
import {REASON, RETURN_CODE} from './reason.ts'
import {binary, packet, TYPE, uint16} from './wire.ts'

const TOPIC_ALIASES = 10
const RECEIVE_MAXIMUM = 20
const LONGEST_KEEP_ALIVE = 0xffff

export class Login {
  readonly clientId: string
  readonly accepted: boolean
  readonly #connect: Connect
  readonly #identifierRejected: boolean

  constructor(broker: Broker, connect: Connect, connection: Connection) {
    this.#connect = connect
    const {version, clientId, clean} = connect
    // Only 3.1.1 lets the broker choose the name, and only where nothing has to be kept under it; 5 always does.
    this.#identifierRejected = clientId === '' && (version === 3 || (version === 4 && !clean))
    this.clientId = clientId === '' ? assignedName(connection) : clientId
    this.accepted = !this.#identifierRejected && allowed(broker, connect)
  }

  refusal(): Buffer {
    const code = this.#identifierRejected ? RETURN_CODE.IDENTIFIER : RETURN_CODE.NOT_AUTHORIZED
    if (this.#connect.version !== 5) return packet(TYPE.CONNACK, 0, Buffer.from([0, code]))
    return packet(TYPE.CONNACK, 0, Buffer.from([0, REASON.NOT_AUTHORIZED, 0]))
  }

  acceptance(present: boolean): Buffer {
    const head = Buffer.from([present ? 1 : 0, 0])
    if (this.#connect.version !== 5) return packet(TYPE.CONNACK, 0, head)
    return packet(TYPE.CONNACK, 0, head, this.#properties())
  }

  #properties(): Buffer {
    const {clientId, keepAlive} = this.#connect
    const assigned = clientId === '' ? [Buffer.from([PROPERTY.ASSIGNED_CLIENT]), binary(this.clientId)] : []
    const kept = keepAlive === 0 ? [Buffer.from([PROPERTY.SERVER_KEEP_ALIVE]), uint16(LONGEST_KEEP_ALIVE)] : []
    return propertyList(
      Buffer.from([PROPERTY.TOPIC_ALIAS_MAXIMUM]),
      uint16(TOPIC_ALIASES),
      ...assigned,
      ...kept,
      Buffer.from([PROPERTY.RECEIVE_MAXIMUM]),
      uint16(RECEIVE_MAXIMUM),
    )
  }
}

function allowed({users, anonymous}: Broker, {user, password}: Connect): boolean {
  if (user === null) return anonymous
  if (users.size === 0) return anonymous
  const known = users.get(user)
  if (known === undefined || password === null || known.length !== password.length) return false
  return timingSafeEqual(known, password)
}

/** `auto-` and a random UUID in capitals. */
function assignedName({random}: Connection): string {
  const hex = random(16).toString('hex').toUpperCase()
  return `auto-${hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}`
}
