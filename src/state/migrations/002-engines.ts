import type {Migration} from '../migrations.ts'

/** SQLite changes no CHECK of a table that exists: the fleet's is made anew. Nothing refers to it. */
const STATEMENTS: readonly string[] = [
  `CREATE TABLE fleet_2 (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL CHECK (mode IN ('unihost')),
    engine TEXT NOT NULL CHECK (engine IN ('docker', 'embedded')),
    driver TEXT NOT NULL CHECK (driver IN ('macvlan', 'ipvlan', 'loopback')),
    interface TEXT NOT NULL,
    subnet TEXT NOT NULL,
    gateway TEXT NOT NULL,
    port_offset INTEGER NOT NULL CHECK (port_offset BETWEEN 0 AND 65534),
    domain TEXT,
    log_file TEXT,
    digest TEXT NOT NULL
  ) STRICT`,
  `INSERT INTO fleet_2 (id, mode, engine, driver, interface, subnet, gateway, port_offset, domain, log_file, digest)
   SELECT id, mode, engine, driver, interface, subnet, gateway, 0, domain, log_file, digest FROM fleet`,
  'DROP TABLE fleet',
  'ALTER TABLE fleet_2 RENAME TO fleet',
  `CREATE TABLE engines (
    name TEXT PRIMARY KEY CHECK (name IN ('docker', 'embedded'))
  ) STRICT, WITHOUT ROWID`,
  // The only engine until now. Where nothing was ever committed, nothing can be left on it.
  `INSERT INTO engines SELECT 'docker' FROM meta WHERE generation > 0`,
]

export const ENGINES: Migration = {
  version: 2,
  summary: 'a port offset, the loopback driver, and the engines that may hold something of the fleet',
  up(execute) {
    for (const statement of STATEMENTS) execute(statement)
  },
}
