#!/usr/bin/env node
import {readFileSync} from 'node:fs'
import {execute, settings} from '@oclif/core'

process.env.NODE_ENV ??= 'development'

settings.enableAutoTranspile = false
const root = new URL('..', import.meta.url)
const pjson = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
// The compiled places in the manifest become their sources; Node strips the types itself.
pjson.oclif = JSON.parse(JSON.stringify(pjson.oclif).replaceAll('./dist/', './src/').replaceAll('.js"', '.ts"'))
await execute({dir: import.meta.url, loadOptions: {root: root.pathname, pjson, ignoreManifest: true}})
