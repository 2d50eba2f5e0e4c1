/**
 * A directory of the operator's, pages or mails, as it travels in the options: files one after another, compressed with
 * Brotli, in base64.
 *
 *   archive = *(path-length:u16 path size:u32 octets), big-endian; a path is UTF-8 and begins with a slash
 */
import {brotliCompressSync, brotliDecompressSync, constants} from 'node:zlib'

/** Files by their path below the directory, `/index.html`. */
export type DirectoryFiles = ReadonlyMap<string, Buffer>

/** What the manifest of a decky has room for, twice: HTTP and HTTPS, or IMAP and POP3. */
export const MAX_PACKED = 40 * 1024
/** Of all files before compression. */
export const MAX_UNPACKED = 2 * 1024 * 1024
export const MAX_FILES = 200
const MAX_PATH = 512
const PREFIX = 'site:'

/** In the order of the paths, so that the same files are the same text. */
export function packDirectory(files: DirectoryFiles): {readonly text: string; readonly bytes: number} {
  const parts = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, content]) => {
      const name = Buffer.from(path, 'utf8')
      if (name.length > MAX_PATH) throw new RangeError(`a path of ${name.length} bytes`)
      const head = Buffer.alloc(2)
      head.writeUInt16BE(name.length)
      const size = Buffer.alloc(4)
      size.writeUInt32BE(content.length)
      return [head, name, size, content]
    })
  const plain = Buffer.concat(parts)
  const packed = brotliCompressSync(plain, {
    params: {[constants.BROTLI_PARAM_SIZE_HINT]: plain.length, [constants.BROTLI_PARAM_QUALITY]: 11},
  })
  return {text: PREFIX + packed.toString('base64'), bytes: packed.length}
}

export const isPackedDirectory = (text: string): boolean => text.startsWith(PREFIX)

/** Throws RangeError for what `packDirectory` never wrote. */
export function unpackDirectory(text: string): DirectoryFiles {
  if (!isPackedDirectory(text)) throw new RangeError('the site is no packed directory')
  const packed = Buffer.from(text.slice(PREFIX.length), 'base64')
  const bytes = brotliDecompressSync(packed, {maxOutputLength: MAX_UNPACKED + MAX_FILES * (MAX_PATH + 6)})
  const files = new Map<string, Buffer>()
  for (let at = 0; at < bytes.length; ) {
    const path = at + 2
    const size = path + bytes.readUInt16BE(at)
    const content = size + 4
    const end = content + bytes.readUInt32BE(size)
    if (end > bytes.length) throw new RangeError('a packed file is cut')
    files.set(bytes.toString('utf8', path, size), bytes.subarray(content, end))
    at = end
  }
  return files
}
