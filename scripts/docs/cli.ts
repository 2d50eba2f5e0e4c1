import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {Config, settings} from '@oclif/core'

const ROOT = new URL('../../', import.meta.url)

/** The command line as the sources have it, without a build: pages and tests are made from what is written now. */
export async function loadCli(): Promise<Config> {
  settings.enableAutoTranspile = false
  const pjson = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'))
  pjson.oclif = JSON.parse(JSON.stringify(pjson.oclif).replaceAll('./dist/', './src/').replaceAll('.js"', '.ts"'))
  return Config.load({root: fileURLToPath(ROOT), pjson, ignoreManifest: true})
}
