/** What a client authenticates with: SASL PLAIN (RFC 4616), or a table of LOGIN and PASSWORD. */
import {ValueError, ValueReader} from './wire/values.ts'

export const MECHANISMS = 'AMQPLAIN PLAIN'

export interface NameAndPassword {
  /** Latin1 text: a character an octet. */
  readonly name: string
  readonly password: string
}

/** Null: the mechanism is none of ours, or the response is not one of it. */
export function readLogin(mechanism: string, response: Buffer): NameAndPassword | null {
  switch (mechanism) {
    case 'PLAIN':
      return plain(response)
    case 'AMQPLAIN':
      return table(response)
    default:
      return null
  }
}

function plain(response: Buffer): NameAndPassword | null {
  const [, name, password, ...more] = response.toString('latin1').split('\0')
  return name === undefined || password === undefined || more.length > 0 ? null : {name, password}
}

function table(response: Buffer): NameAndPassword | null {
  try {
    const {LOGIN: name, PASSWORD: password} = new ValueReader(response).fields()
    return typeof name === 'string' && typeof password === 'string' ? {name, password} : null
  } catch (error) {
    if (error instanceof ValueError) return null
    throw error
  }
}
