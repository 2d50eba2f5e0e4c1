/** Collects the variables of an agent, scalar by scalar and table by table. */
import type {Value} from '../wire/values.ts'
import {arcsOf, type Clock, type Read, type Variable} from './tree.ts'

/** A value that stays, or one that is made when it is asked for. */
export type Cell = Value | Read

/** Columns by number: what a row has there; null where it has nothing. */
export type Columns<Row> = Readonly<Record<number, (row: Row) => Cell | null>>

export interface Indexed {
  /** The instance, e.g. `1` or `10.0.0.1`. */
  readonly index: string
}

export class MibBuilder {
  readonly variables: Variable[] = []

  /** An object with one instance, `.0`. */
  scalar(object: string, cell: Cell, {writable = false} = {}): this {
    return this.#add(object, '0', cell, writable)
  }

  /** Scalars of one group by their last arc. */
  scalars(group: string, cells: Readonly<Record<number, Cell>>): this {
    for (const [arc, cell] of Object.entries(cells)) this.scalar(`${group}.${arc}`, cell)
    return this
  }

  /** `writable`: the columns that the write community may set. */
  table<Row extends Indexed>(
    entry: string,
    rows: readonly Row[],
    columns: Columns<Row>,
    writable: readonly number[] = [],
  ): this {
    for (const [column, cellOf] of Object.entries(columns)) {
      for (const row of rows) {
        const cell = cellOf(row)
        if (cell !== null) this.#add(`${entry}.${column}`, row.index, cell, writable.includes(Number(column)))
      }
    }
    return this
  }

  #add(object: string, instance: string, cell: Cell, writable: boolean): this {
    const oid = `${object}.${instance}`
    const read = typeof cell === 'function' ? cell : (_: Clock) => cell
    this.variables.push({oid, arcs: arcsOf(oid), object: arcsOf(object).length, read, writable})
    return this
  }
}

/** An index that is text: its length, then its octets (RFC 2578 §7.7). */
export const textIndex = (text: string): string => [text.length, ...Buffer.from(text, 'latin1')].join('.')
