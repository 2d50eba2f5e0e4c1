/** `npm run bench [planning|startup|embedded|services|evidence|fleet]…`: prints ratios; without a name, all of them. `fleet` needs root. */
import {benchEmbedded} from './embedded.ts'
import {benchEvidence} from './evidence.ts'
import {benchFleet} from './fleet.ts'
import {printResults, type Result} from './measure.ts'
import {benchPlanning} from './planning.ts'
import {benchServices} from './services.ts'
import {benchStartup} from './startup.ts'

const BENCHES: Readonly<Record<string, () => Result[] | Promise<Result[]>>> = {
  planning: benchPlanning,
  startup: benchStartup,
  embedded: benchEmbedded,
  services: benchServices,
  evidence: benchEvidence,
  fleet: benchFleet,
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(BENCHES)
for (const name of wanted) {
  const bench = BENCHES[name]
  if (bench === undefined) throw new Error(`there is no benchmark ${name}: ${Object.keys(BENCHES).join(', ')}`)
  printResults(name, await bench())
}
