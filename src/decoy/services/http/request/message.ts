/** An HTTP/1.x request as it was received. Text is latin1: one character per byte. */

export interface Header {
  readonly name: string
  readonly value: string
}

export interface HttpVersion {
  readonly major: number
  readonly minor: number
}

/** RFC 9112 §3: `method SP request-target SP HTTP-version`. */
export interface RequestLine {
  readonly method: string
  readonly target: string
  /** 0.9 where the line has no version. */
  readonly version: HttpVersion
}

/** How long the body is: RFC 9112 §6. */
export type BodyFraming =
  | {readonly kind: 'none'}
  | {readonly kind: 'length'; readonly length: number}
  | {readonly kind: 'chunked'}

export interface RequestHead extends RequestLine {
  readonly headers: readonly Header[]
  readonly framing: BodyFraming
}

export interface RequestBody {
  /** The first bytes, at most the capture limit. */
  readonly captured: Buffer
  /** Bytes received, the captured ones included. */
  readonly size: number
  /** Set when the chunked coding was broken. */
  readonly fault: Fault | null
}

export const NO_BODY: RequestBody = {captured: Buffer.alloc(0), size: 0, fault: null}

/** Why a server refuses what it read, before or instead of looking for a resource. */
export interface Fault {
  readonly status: number
  /** For the evidence. */
  readonly what: string
  /** What the product adds to its page for this cause. */
  readonly note?: string
  /** The headers were read, so that the product knows the host, the user agent and the method. */
  readonly head?: RequestHead
}

export const fault = (status: number, what: string, note?: string): Fault =>
  note === undefined ? {status, what} : {status, what, note}

export const isFault = (value: object): value is Fault => 'what' in value

export const atLeast = (version: HttpVersion, major: number, minor: number): boolean =>
  version.major > major || (version.major === major && version.minor >= minor)

/** The values of a header, in order; names compare without case. */
export function headerValues(headers: readonly Header[], name: string): string[] {
  return headers.filter((header) => header.name.toLowerCase() === name).map((header) => header.value)
}

/** The first value of a header. */
export function header(headers: readonly Header[], name: string): string | undefined {
  return headers.find((candidate) => candidate.name.toLowerCase() === name)?.value
}

/** The comma-separated items of a header, lower case (RFC 9110 §5.6.1). */
export function headerTokens(headers: readonly Header[], name: string): string[] {
  return headerValues(headers, name).flatMap((value) => value.split(',').map((item) => item.trim().toLowerCase()))
}
