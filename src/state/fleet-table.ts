import type Database from 'better-sqlite3'

import type {Decky, Fleet} from '../fleet/decky.ts'
import {DecnetError} from '../fleet/errors.ts'
import type {NetworkDriver} from '../fleet/spec.ts'
import {OUTCOMES} from './deployment-table.ts'
import {ENGINE_NAMES, rememberEngine} from './engine-table.ts'
import type {StoredDecky, StoredFleet} from './records.ts'
import {digest, Row} from './row.ts'

const MODES: Readonly<Record<StoredFleet['mode'], true>> = {unihost: true}
const DRIVERS: Readonly<Record<NetworkDriver, true>> = {macvlan: true, ipvlan: true, loopback: true}

/** Call it inside a transaction: it reads two tables. */
export function readFleet(db: Database.Database, generation: number): StoredFleet | null {
  const found = db.prepare('SELECT * FROM fleet WHERE id = 1').get()
  const deckies = readDeckies(db)
  if (found === undefined) {
    const stray = deckies[0]
    if (stray === undefined) return null
    throw new Row('deckies', 'name', {name: stray.decky.name}).damaged('belongs to no fleet')
  }
  const row = new Row('fleet', 'id', found)
  const facts = {
    engine: row.oneOf('engine', ENGINE_NAMES),
    network: {
      driver: row.oneOf('driver', DRIVERS),
      interface: row.text('interface'),
      subnet: row.text('subnet'),
      gateway: row.text('gateway'),
    },
    domain: row.optionalText('domain'),
    logFile: row.optionalText('log_file'),
    portOffset: row.count('port_offset'),
  }
  row.verify(fleetDigest({...facts, deckies: deckies.map(({decky}) => decky)}))
  return {
    generation,
    mode: row.oneOf('mode', MODES),
    fleet: {...facts, deckies: deckies.map(({decky}) => decky)},
    deckies,
  }
}

function readDeckies(db: Database.Database): StoredDecky[] {
  return db
    .prepare(
      `SELECT deckies.*, deployments.outcome AS deployment_outcome
       FROM deckies LEFT JOIN deployments ON deployments.id = deckies.deployment_id
       ORDER BY name COLLATE BINARY`,
    )
    .all()
    .map((values) => {
      const row = new Row('deckies', 'name', values)
      const [name, ip, host, configHash, json] = [
        row.text('name'),
        row.text('ip'),
        row.text('host'),
        row.text('config_hash'),
        row.text('decky'),
      ]
      row.verify(digest(name, ip, host, configHash, json))
      return {
        // The digest proves that this text came from a Decky.
        decky: row.json('decky') as Decky,
        configHash,
        deploymentId: row.count('deployment_id'),
        deploymentOutcome: row.optionalOneOf('deployment_outcome', OUTCOMES),
      }
    })
}

export interface FleetChange {
  readonly fleet: Fleet | null
  readonly configHashes: ReadonlyMap<string, string>
  readonly submitted: readonly string[]
  readonly deploymentId: number
}

/** Makes the tables hold exactly this fleet. */
export function writeFleet(db: Database.Database, change: FleetChange): void {
  const owners = deploymentsByDecky(db)
  // All rows first go: addresses may move between deckies, and each is unique.
  db.exec('DELETE FROM deckies; DELETE FROM fleet')
  const {fleet, submitted, deploymentId} = change
  if (fleet === null || fleet.deckies.length === 0) return
  const {network} = fleet
  rememberEngine(db, fleet.engine)
  db.prepare(
    `INSERT INTO fleet (id, mode, engine, driver, interface, subnet, gateway, port_offset, domain, log_file, digest)
     VALUES (1, 'unihost', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    fleet.engine,
    network.driver,
    network.interface,
    network.subnet,
    network.gateway,
    fleet.portOffset,
    fleet.domain,
    fleet.logFile,
    fleetDigest(fleet),
  )
  const insert = db.prepare(
    'INSERT INTO deckies (name, ip, host, config_hash, decky, digest, deployment_id) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const taken = new Set(submitted.map((name) => name.toLowerCase()))
  for (const decky of fleet.deckies) {
    const key = decky.name.toLowerCase()
    const owner = taken.has(key) ? deploymentId : owners.get(key)
    if (owner === undefined) {
      throw new DecnetError('INTERNAL', `decky ${decky.name} is new in the fleet, but no deployment submitted it`)
    }
    insert.run(...deckyColumns(decky, change.configHashes.get(decky.name)), owner)
  }
}

function deploymentsByDecky(db: Database.Database): Map<string, number> {
  const rows = db.prepare('SELECT name, deployment_id FROM deckies').all()
  return new Map(
    rows.map((values) => {
      const row = new Row('deckies', 'name', values)
      return [row.text('name').toLowerCase(), row.count('deployment_id')]
    }),
  )
}

/** Replaces one decky of the fleet, e.g. after its MAC address was rotated; it stays with its deployment. */
export function writeDecky(db: Database.Database, decky: Decky, configHash: string): void {
  const {changes} = db
    .prepare('UPDATE deckies SET name = ?, ip = ?, host = ?, config_hash = ?, decky = ?, digest = ? WHERE name = ?')
    .run(...deckyColumns(decky, configHash), decky.name)
  if (changes !== 1) throw new DecnetError('INTERNAL', `decky ${decky.name} to update is not in the fleet`)
}

function deckyColumns(decky: Decky, configHash: string | undefined): [string, string, string, string, string, string] {
  if (configHash === undefined) throw new DecnetError('INTERNAL', `decky ${decky.name} has no config hash`)
  const {name, ip, host} = decky
  const json = JSON.stringify(decky)
  return [name, ip, host, configHash, json, digest(name, ip, host, configHash, json)]
}

/** Covers the names too: a row that is lost or doubled must not read as a smaller or larger fleet. */
function fleetDigest({engine, network, domain, logFile, portOffset, deckies}: Fleet): string {
  const {driver, interface: parent, subnet, gateway} = network
  const names = deckies.map(({name}) => name).toSorted()
  // The first schema knew no offset, and its digests still hold.
  const offset = portOffset === 0 ? [] : [portOffset]
  return digest(engine, driver, parent, subnet, gateway, domain, logFile, ...offset, ...names)
}
