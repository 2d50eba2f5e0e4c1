/** Preloaded into a command: writes the name of every package it loads to the file that IMPORTS_FILE names. */
import {appendFileSync} from 'node:fs'
import {registerHooks} from 'node:module'

const file = process.env.IMPORTS_FILE
const PACKAGE = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g

registerHooks({
  load(url, context, nextLoad) {
    const name = [...url.matchAll(PACKAGE)].at(-1)?.[1]
    if (file !== undefined && name !== undefined) appendFileSync(file, `${name}\n`)
    return nextLoad(url, context)
  },
})
