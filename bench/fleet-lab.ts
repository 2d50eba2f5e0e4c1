import {mkdir, writeFile} from 'node:fs/promises'
import {join, resolve} from 'node:path'

import {isDockerVersion} from '../test/lab/docker-binaries.ts'
import {bringUp, type Lab} from '../test/lab/lab.ts'

const RUN = resolve(import.meta.dirname, '../bin/run.js')

/** A lab with a fleet of benchmark deckies on it, and the ways to deploy them. */
export class FleetLab {
  readonly lab: Lab

  private constructor(lab: Lab) {
    this.lab = lab
  }

  /** On the Engine that `DECNET_LAB_DOCKERD` names (20.10 or 26.1), else the installed one. */
  static async start(): Promise<FleetLab> {
    const wanted = process.env.DECNET_LAB_DOCKERD ?? ''
    const version = isDockerVersion(wanted) ? {version: wanted} : {}
    const lab = await bringUp({name: 'bench', subnet: '10.76.0.0/24', report: () => undefined, ...version})
    process.stdout.write(`dockerd ${lab.version}\n`)
    const bench = new FleetLab(lab)
    await bench.decnet(['config', 'set', 'deployment-limit', '200'])
    return bench
  }

  /** Runs decnet in the lab; throws when it fails. */
  async decnet(args: readonly string[]): Promise<string> {
    const {code, stdout, stderr} = await this.lab.run(process.execPath, [RUN, ...args], {timeoutMs: 600_000})
    if (code !== 0) throw new Error(`decnet ${args.join(' ')} ended with ${code}: ${stderr}`)
    return stdout
  }

  /** Writes a fleet file of `count` deckies called NAME-01 … and returns its path. */
  async fleetFile(name: string, count: number, services: readonly string[]): Promise<string> {
    const directory = join(this.lab.layout.directory, 'bench')
    await mkdir(directory, {recursive: true})
    const path = join(directory, `${name}-${count}.ini`)
    const amount = count === 1 ? '' : `amount = ${count}\n`
    await writeFile(path, `[${name}]\n${amount}services = ${services.join(', ')}\n`)
    return path
  }

  /** Names of the deckies that a fleet file of `fleetFile` gives. */
  names(name: string, count: number): string[] {
    if (count === 1) return [name]
    return Array.from({length: count}, (_, index) => `${name}-${String(index + 1).padStart(2, '0')}`)
  }

  async dispose(): Promise<void> {
    await this.decnet(['teardown', '--all', '--yes', '--progress', 'quiet']).catch(() => undefined)
    await this.lab.dispose()
  }
}
