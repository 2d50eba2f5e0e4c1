import type {Hook} from '@oclif/core'

/**
 * `--version --json`: oclif answers `--version` itself and knows no JSON for it, so this comes before. It runs before
 * every command and therefore loads nothing unless it is meant.
 */
const hook: Hook.Init = async ({id, argv, config}) => {
  const words = [id, ...argv]
  const isVersion = words.length === 2 && words.includes('--json') && words.some((word) => VERSION_FLAGS.has(word))
  if (!isVersion) return
  const {versionDocument} = await import('./version.ts')
  const document = await versionDocument(config.version, process.env)
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(document)}\n`, resolve))
  process.exit(0)
}

const VERSION_FLAGS: ReadonlySet<string | undefined> = new Set(['--version', '-V'])

export default hook
