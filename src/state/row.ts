/** Decodes rows that may have been damaged or edited by hand: every surprise names the table and the row. */
import {createHash} from 'node:crypto'

import {DecnetError} from '../fleet/errors.ts'
import {shown} from './shown.ts'

export class Row {
  readonly #table: string
  readonly #key: string
  readonly #values: ReadonlyMap<string, unknown>

  /** `key` is the column that tells this row from its neighbours in a message. */
  constructor(table: string, key: string, values: unknown) {
    this.#table = table
    this.#values = new Map(Object.entries(values ?? {}))
    this.#key = String(this.#values.get(key) ?? '?')
  }

  text(column: string): string {
    const value = this.#values.get(column)
    return typeof value === 'string' ? value : this.#refuse(column)
  }

  optionalText(column: string): string | null {
    return this.#values.get(column) === null ? null : this.text(column)
  }

  /** ISO 8601, UTC. */
  time(column: string): string {
    const value = this.text(column)
    return Number.isNaN(Date.parse(value)) ? this.#refuse(column) : value
  }

  optionalTime(column: string): string | null {
    return this.#values.get(column) === null ? null : this.time(column)
  }

  count(column: string): number {
    const value = this.#values.get(column)
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : this.#refuse(column)
  }

  bytes(column: string): Buffer {
    const value = this.#values.get(column)
    return Buffer.isBuffer(value) ? value : this.#refuse(column)
  }

  oneOf<T extends string>(column: string, allowed: Readonly<Record<T, true>>): T {
    const value = this.text(column)
    return isKey(value, allowed) ? value : this.#refuse(column)
  }

  optionalOneOf<T extends string>(column: string, allowed: Readonly<Record<T, true>>): T | null {
    return this.#values.get(column) === null ? null : this.oneOf(column, allowed)
  }

  json(column: string): unknown {
    try {
      return JSON.parse(this.text(column))
    } catch (error) {
      if (error instanceof SyntaxError) return this.#refuse(column)
      throw error
    }
  }

  /** Compares the stored digest with that of the values read. */
  verify(expected: string): void {
    if (this.text('digest') !== expected) {
      throw this.damaged('was changed by something other than decnet')
    }
  }

  damaged(why: string): DecnetError {
    return new DecnetError('STATE_UNREADABLE', `row ${shown(this.#key)} of table ${this.#table} ${why}`, {
      hint: 'the state file is damaged; restore a backup of it (`ls backups` in the state directory)',
    })
  }

  #refuse(column: string): never {
    const value = this.#values.get(column)
    throw this.damaged(`has an impossible ${column}: ${value === undefined ? 'none' : shown(String(value))}`)
  }
}

function isKey<T extends string>(value: string, allowed: Readonly<Record<T, true>>): value is T {
  return Object.hasOwn(allowed, value)
}

/** Of values that must be read back exactly as they were written. */
export function digest(...parts: readonly (string | number | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
