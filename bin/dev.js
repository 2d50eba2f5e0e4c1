#!/usr/bin/env node
import {readFileSync} from 'node:fs'
import {execute, settings} from '@oclif/core'

process.env.NODE_ENV ??= 'development'

settings.enableAutoTranspile = false
const root = new URL('..', import.meta.url)
const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
pjson.oclif.commands = './src/commands'
pjson.oclif.hooks = JSON.parse(
  JSON.stringify(pjson.oclif.hooks ?? {})
    .replaceAll('./dist/', './src/')
    .replaceAll('.js"', '.ts"'),
)
await execute({dir: import.meta.url, loadOptions: {root: root.pathname, pjson, ignoreManifest: true}})
