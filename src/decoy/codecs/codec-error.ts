/** Input that a codec cannot read, or a value it cannot write: the one error that a codec throws. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
}
