import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'

import {DecnetError} from '../../fleet/errors.ts'
import {quote, visible} from '../../fleet/quote.ts'
import {scanError} from './scan-error.ts'
import {ScanHandler} from './scan-handler.ts'
import type {ScanReport} from './scan-report.ts'

export const MAX_SCAN_BYTES = 64 * 1024 * 1024
const CHUNK = 64 * 1024
/** nmap's own reports are seven deep; script output nests further. */
const MAX_DEPTH = 64
/** nmap's richest element has 17. */
const MAX_ATTRIBUTES = 64

/** Reads what `nmap -oX` wrote. Throws FLEET_FILE_NOT_FOUND or FLEET_FILE_INVALID with the reason and the place. */
export async function readScan(path: string): Promise<ScanReport> {
  const fd = openScan(path)
  try {
    if (!fstatSync(fd).isFile()) throw notFound(path, 'it is no regular file')
    return await parseScan(path, chunksOf(fd))
  } catch (error) {
    if (error instanceof DecnetError) throw error
    throw notFound(path, error instanceof Error ? error.message : String(error), error)
  } finally {
    closeSync(fd)
  }
}

function openScan(path: string): number {
  try {
    // Not blocking: opening a FIFO would wait for a writer.
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException
    throw notFound(path, code === 'ENOENT' ? 'there is no such file' : message, error)
  }
}

function notFound(path: string, why: string, cause?: unknown): DecnetError {
  return new DecnetError('FLEET_FILE_NOT_FOUND', `cannot read ${visible(path)}: ${why}`, {cause})
}

function* chunksOf(fd: number): Generator<Uint8Array> {
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const size = readSync(fd, chunk)
    if (size === 0) return
    yield chunk.subarray(0, size)
  }
}

/**
 * Parses a report piece by piece. Its text was chosen by the machines that were scanned: size, depth, and attributes are
 * bounded, and a document type with declarations of its own is refused, so that no entity is ever expanded.
 */
export async function parseScan(file: string, chunks: Iterable<Uint8Array>): Promise<ScanReport> {
  const {SaxesParser} = await import('saxes')
  const parser = new SaxesParser()
  const handler = new ScanHandler()
  let depth = 0
  let attributes = 0
  const stop = (why: string): never => {
    throw scanError(file, why, {line: parser.line, column: parser.column + 1})
  }
  parser.on('error', (error) => stop(`no well-formed XML: ${visible(reasonOf(error))}`))
  parser.on('doctype', (text) => {
    if (text.includes('[')) stop('its document type declares entities of its own, which no report of nmap does')
  })
  parser.on('opentagstart', ({name}) => {
    depth++
    attributes = 0
    if (depth > MAX_DEPTH) stop(`its elements nest deeper than ${MAX_DEPTH}`)
    if (depth === 1 && name !== 'nmaprun') stop(`the XML is no report of nmap: its root is ${quote(name)}`)
  })
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) stop(`an element has more than ${MAX_ATTRIBUTES} attributes`)
  })
  parser.on('opentag', ({name, attributes: values}) => {
    const why = handler.open(name, values)
    if (why !== undefined) stop(why)
  })
  parser.on('closetag', ({name}) => {
    depth--
    handler.close(name)
  })
  const decoder = new TextDecoder('utf-8', {fatal: true})
  let size = 0
  for (const chunk of chunks) {
    size += chunk.length
    if (size > MAX_SCAN_BYTES) throw scanError(file, `it has more than ${MAX_SCAN_BYTES / 1024 / 1024} MiB`)
    parser.write(decode(decoder, chunk, () => stop('a byte is not UTF-8')))
  }
  parser.write(decode(decoder, undefined, () => stop('it ends inside a character')))
  parser.close()
  return handler.report
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array | undefined, refuse: () => never): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, {stream: true})
  } catch {
    return refuse()
  }
}

/** The parser's reason without the place that it puts before it. */
function reasonOf({message}: Error): string {
  return message.replace(/^\d+:\d+: /, '').slice(0, 200)
}
