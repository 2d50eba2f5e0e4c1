import {Args} from '@oclif/core'

/**
 * A positional argument of text. oclif reads one that is not given from standard input: in a pipe or a shell's loop,
 * `teardown --all` would take what it finds there for names.
 */
export const textArgument = Args.custom<string>({ignoreStdin: true})
