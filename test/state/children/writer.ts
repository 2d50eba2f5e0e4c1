/** Deploys a growing fleet over and over; says `ack GENERATION` once a commit has been acknowledged. */
import {writeSync} from 'node:fs'

import {Store} from '../../../src/state/store.ts'
import {AT, aCommit, aFleet} from '../fleets.ts'

const [dir = '', count = 'Infinity'] = process.argv.slice(2)
const store = Store.open(dir, {mode: 'write'})
for (let number = 0; number < Number(count); number++) {
  const {deploymentId, generation, rows} = store.commit(aCommit(aFleet((number % 5) + 1)))
  // Synchronous: an acknowledgement must not wait in a buffer while the next commit goes on.
  writeSync(1, `ack ${generation}\n`)
  for (const {id} of rows) {
    store.startRow(id, AT)
    store.succeedRow(id, AT, 'created')
  }
  store.finishDeployment(deploymentId, AT, 'succeeded')
}
store.close()
