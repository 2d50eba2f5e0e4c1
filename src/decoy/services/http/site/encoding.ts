import {type Header, headerTokens} from '../request/message.ts'

const GZIP = /^gzip(?:[ \t]*;[ \t]*(?!q=0(?:\.0*)?$)|$)/

/** Whether the client takes a gzip body (RFC 9110 §12.5.3). */
export const acceptsGzip = (headers: readonly Header[]): boolean =>
  headerTokens(headers, 'accept-encoding').some((token) => GZIP.test(token))
