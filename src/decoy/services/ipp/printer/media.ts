/** Paper: names with their sizes (PWG 5101.1), and the collections that say the same at length (PWG 5100.7). */
import {type Attribute, collection, integer, keyword} from '../wire/values.ts'

/** In hundredths of a millimetre. */
const SIZES: Readonly<Record<string, readonly [width: number, length: number]>> = {
  iso_a4_210x297mm: [21_000, 29_700],
  'na_letter_8.5x11in': [21_590, 27_940],
  'na_legal_8.5x14in': [21_590, 35_560],
  'na_executive_7.25x10.5in': [18_415, 26_670],
  iso_a5_148x210mm: [14_800, 21_000],
  jis_b5_182x257mm: [18_200, 25_700],
  'na_number-10_4.125x9.5in': [10_477, 24_130],
  iso_dl_110x220mm: [11_000, 22_000],
  iso_c5_162x229mm: [16_200, 22_900],
}
const MARGIN = 423

export const MEDIA: readonly string[] = Object.keys(SIZES)
export const LOADED = 'iso_a4_210x297mm'

export function mediaAttributes(): Attribute[] {
  return [
    keyword('media-default', LOADED),
    keyword('media-ready', LOADED),
    keyword('media-supported', ...MEDIA),
    keyword('media-source-supported', 'auto', 'tray-1', 'tray-2'),
    keyword('media-type-supported', 'stationery', 'stationery-letterhead', 'transparency', 'labels', 'envelope'),
    integer('media-top-margin-supported', MARGIN),
    integer('media-bottom-margin-supported', MARGIN),
    integer('media-left-margin-supported', MARGIN),
    integer('media-right-margin-supported', MARGIN),
    keyword(
      'media-col-supported',
      ...['media-bottom-margin', 'media-left-margin', 'media-right-margin', 'media-size', 'media-source'],
      ...['media-top-margin', 'media-type'],
    ),
    collection('media-col-default', mediaCollection(LOADED)),
    collection('media-col-ready', mediaCollection(LOADED)),
    collection('media-size-supported', ...MEDIA.map(dimensions)),
  ]
}

/** Long, and hence told only to those who ask for it by name. */
export const mediaDatabase = (): Attribute => collection('media-col-database', ...MEDIA.map(mediaCollection))

function dimensions(name: string): Attribute[] {
  const [width, length] = SIZES[name] ?? [0, 0]
  return [integer('x-dimension', width), integer('y-dimension', length)]
}

const mediaCollection = (name: string): Attribute[] => [
  collection('media-size', dimensions(name)),
  integer('media-top-margin', MARGIN),
  integer('media-bottom-margin', MARGIN),
  integer('media-left-margin', MARGIN),
  integer('media-right-margin', MARGIN),
  keyword('media-source', 'auto'),
  keyword('media-type', 'stationery'),
]
