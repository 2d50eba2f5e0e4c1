import type {Migration} from '../migrations.ts'

/**
 * Enumerations are CHECKed here as well as decoded on reading: a value that no code can write must not get in through
 * a bug either. The digests tell a damaged value from a written one where a page still looks well-formed.
 */
const STATEMENTS: readonly string[] = [
  `CREATE TABLE meta (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    install_id TEXT NOT NULL CHECK (length(install_id) = 12),
    secret BLOB NOT NULL CHECK (length(secret) = 32),
    since TEXT NOT NULL,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    digest TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE fleet_files (
    hash TEXT PRIMARY KEY,
    text TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE deployments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('deploy', 'teardown', 'reconcile')),
    user TEXT NOT NULL,
    generation INTEGER NOT NULL,
    file_name TEXT,
    file_hash TEXT REFERENCES fleet_files (hash),
    flags TEXT NOT NULL,
    created_at TEXT NOT NULL,
    completed_at TEXT,
    outcome TEXT CHECK (outcome IN ('succeeded', 'partial', 'interrupted')),
    CHECK ((file_name IS NULL) = (file_hash IS NULL)),
    CHECK ((completed_at IS NULL) = (outcome IS NULL))
  ) STRICT`,
  `CREATE INDEX deployments_by_file ON deployments (file_hash)`,
  `CREATE TABLE lifecycle (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    deployment_id INTEGER NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    decky TEXT NOT NULL COLLATE NOCASE,
    host TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('create', 'replace', 'restart', 'remove', 'keep')),
    status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'succeeded', 'failed')),
    outcome TEXT CHECK (outcome IN ('created', 'replaced', 'restarted', 'removed', 'unchanged')),
    error TEXT,
    created_at TEXT NOT NULL,
    started_at TEXT,
    completed_at TEXT,
    CHECK ((outcome IS NOT NULL) = (status = 'succeeded')),
    CHECK ((error IS NOT NULL) = (status = 'failed')),
    CHECK ((completed_at IS NOT NULL) = (status IN ('succeeded', 'failed')))
  ) STRICT`,
  `CREATE INDEX lifecycle_by_deployment ON lifecycle (deployment_id)`,
  `CREATE INDEX lifecycle_by_decky ON lifecycle (decky)`,
  `CREATE INDEX lifecycle_open ON lifecycle (id) WHERE status IN ('pending', 'running')`,
  `CREATE TABLE fleet (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL CHECK (mode IN ('unihost')),
    engine TEXT NOT NULL CHECK (engine IN ('docker', 'embedded')),
    driver TEXT NOT NULL CHECK (driver IN ('macvlan', 'ipvlan')),
    interface TEXT NOT NULL,
    subnet TEXT NOT NULL,
    gateway TEXT NOT NULL,
    domain TEXT,
    log_file TEXT,
    digest TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE deckies (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    ip TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    config_hash TEXT NOT NULL,
    deployment_id INTEGER NOT NULL REFERENCES deployments (id),
    decky TEXT NOT NULL,
    digest TEXT NOT NULL
  ) STRICT`,
  `CREATE INDEX deckies_by_deployment ON deckies (deployment_id)`,
  `CREATE TABLE hosts (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    endpoint TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('active', 'draining')),
    enrolled_at TEXT NOT NULL
  ) STRICT`,
]

export const INITIAL: Migration = {
  version: 1,
  summary: 'the first schema',
  up(execute) {
    for (const statement of STATEMENTS) execute(statement)
  },
}
