import {Chalk, type ChalkInstance} from 'chalk'

/** Colour by meaning. Nothing is said by colour alone: symbols and words carry it without. */
export interface Style {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

export interface StyleEnvironment {
  readonly isTTY: boolean
  readonly noColorFlag: boolean
  readonly env: Readonly<Record<string, string | undefined>>
}

/** chalk itself ignores NO_COLOR on a terminal, so whether there is colour is decided here, once. */
export function makeStyle({isTTY, noColorFlag, env}: StyleEnvironment): Style {
  const off = noColorFlag || (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb' || !isTTY
  const chalk: ChalkInstance = new Chalk({level: off ? 0 : 1})
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    faint: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
  }
}
