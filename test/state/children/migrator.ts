/** Opens a state file with further migrations and kills itself after so many of their statements. */
import {Store} from '../../../src/state/store.ts'
import {dyingAfter, FURTHER_MIGRATIONS} from '../further-migrations.ts'

const [dir = '', statements = '0'] = process.argv.slice(2)
Store.open(dir, {mode: 'write', migrations: dyingAfter(Number(statements), FURTHER_MIGRATIONS)}).close()
