import {DecnetError} from '../fleet/errors.ts'
import {didYouMean} from '../fleet/suggest.ts'

import {makeStyle, type Style} from './views/style.ts'
import {columnsOf} from './views/width.ts'

/** How one kind of thing of the catalogue is shown. */
export interface CatalogPages<T> {
  /** `service`, for messages; its plural names the document. */
  readonly kind: string
  readonly items: readonly T[]
  readonly list: (items: readonly T[], width: number) => string
  readonly one: (item: T, style: Style, width: number) => string
  /** What to do with a name that is none of theirs; undefined: nothing is known of it. */
  readonly explain?: (name: string) => string | undefined
}

export interface CatalogOutcome {
  readonly text: string
  readonly document: object
}

/** All of them, or the one that is named. Throws USAGE for a name that is none, with the nearest that is. */
export function catalogOutcome<T extends {readonly name: string}>(
  pages: CatalogPages<T>,
  name: string | undefined,
  color: boolean,
): CatalogOutcome {
  const {kind, items} = pages
  const width = columnsOf(process.stdout)
  const document = (shown: readonly T[]) => ({schema: `decnet.${kind}s/v1`, ok: true, [`${kind}s`]: shown})
  if (name === undefined) return {text: pages.list(items, width), document: document(items)}
  const item = items.find((each) => each.name === name.toLowerCase())
  if (item === undefined) {
    const names = items.map((each) => each.name)
    const hint = pages.explain?.(name.toLowerCase()) ?? didYouMean(name, names)
    throw new DecnetError('USAGE', `there is no ${kind} "${name}"`, {hint})
  }
  const style = makeStyle({isTTY: process.stdout.isTTY === true, noColorFlag: !color, env: process.env})
  return {text: pages.one(item, style, width), document: document([item])}
}
