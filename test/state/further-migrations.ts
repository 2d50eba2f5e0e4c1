/** Migrations that no release has, to test migrating with. */
import {MIGRATIONS, type Migration} from '../../src/state/migrations.ts'

export const FURTHER_MIGRATIONS: readonly Migration[] = [
  ...MIGRATIONS,
  {
    version: MIGRATIONS.length + 1,
    summary: 'a table and a column',
    up(execute) {
      execute('CREATE TABLE notes (text TEXT NOT NULL) STRICT')
      execute('INSERT INTO notes SELECT name FROM deckies')
      execute('ALTER TABLE hosts ADD COLUMN note TEXT')
    },
  },
  {
    version: MIGRATIONS.length + 2,
    summary: 'another shape',
    up(execute) {
      execute('ALTER TABLE notes RENAME TO remarks')
      execute("UPDATE remarks SET text = text || '!'")
    },
  },
]

/** The same migrations in a process that dies after `count` of their statements. */
export function dyingAfter(count: number, migrations: readonly Migration[]): Migration[] {
  let left = count
  return migrations.map((migration) => ({
    ...migration,
    up(execute) {
      migration.up((sql) => {
        if (left-- === 0) process.kill(process.pid, 'SIGKILL')
        execute(sql)
      })
      if (left === 0) process.kill(process.pid, 'SIGKILL')
    },
  }))
}
