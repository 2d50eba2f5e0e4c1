/** System and status variables, as SHOW prints them. */
import {MAX_PACKET} from '../limits.ts'
import {questions, type SessionState, uptime} from './session-state.ts'

export function variables(state: SessionState): Map<string, string> {
  const {server} = state
  const {persona, release} = server
  const windows = release.compiledFor === 'Win64'
  const data = windows ? `C:\\ProgramData\\MySQL\\MySQL Server 8.0\\Data\\` : '/var/lib/mysql/'
  const common: Record<string, string> = {
    auto_increment_increment: '1',
    auto_increment_offset: '1',
    autocommit: 'ON',
    basedir: windows ? 'C:\\Program Files\\MySQL\\MySQL Server 8.0\\' : '/usr/',
    character_set_client: 'utf8mb4',
    character_set_connection: 'utf8mb4',
    character_set_database: 'utf8mb4',
    character_set_results: 'utf8mb4',
    character_set_server: 'utf8mb4',
    character_set_system: 'utf8mb3',
    connect_timeout: '10',
    datadir: data,
    default_storage_engine: 'InnoDB',
    general_log: 'OFF',
    have_ssl: server.tls ? 'YES' : 'DISABLED',
    hostname: persona.hostname,
    init_connect: '',
    interactive_timeout: '28800',
    license: 'GPL',
    local_infile: 'OFF',
    log_bin: release.product === 'mysql' ? 'ON' : 'OFF',
    lower_case_table_names: windows ? '1' : '0',
    max_allowed_packet: String(MAX_PACKET),
    max_connections: '151',
    max_prepared_stmt_count: '0',
    net_buffer_length: '16384',
    net_read_timeout: '30',
    net_write_timeout: '60',
    port: String(server.port),
    protocol_version: '10',
    read_only: 'OFF',
    server_id: '1',
    slow_query_log: 'OFF',
    socket: windows ? 'MySQL' : '/run/mysqld/mysqld.sock',
    system_time_zone: 'UTC',
    time_zone: 'SYSTEM',
    tmpdir: windows ? 'C:\\Windows\\SERVIC~1\\NETWOR~1\\AppData\\Local\\Temp' : '/tmp',
    version: release.version,
    version_comment: release.comment,
    version_compile_machine: 'x86_64',
    version_compile_os: release.compiledFor,
    wait_timeout: '28800',
  }
  return new Map(
    Object.entries({...common, ...(release.product === 'mysql' ? ofMysql(state) : OF_MARIADB)}).sort(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  )
}

function ofMysql({server}: SessionState): Record<string, string> {
  const uuid = server.persona.bytes('mysql server uuid', 16).toString('hex')
  const number = server.release.version.split('-')[0] ?? server.release.version
  return {
    collation_connection: 'utf8mb4_0900_ai_ci',
    collation_database: 'utf8mb4_0900_ai_ci',
    collation_server: 'utf8mb4_0900_ai_ci',
    default_authentication_plugin: 'caching_sha2_password',
    innodb_version: number,
    performance_schema: 'ON',
    secure_file_priv:
      server.release.compiledFor === 'Win64'
        ? 'C:\\ProgramData\\MySQL\\MySQL Server 8.0\\Uploads\\'
        : '/var/lib/mysql-files/',
    server_uuid: uuid.replace(/^(.{8})(.{4}).(.{3})(.{4})(.{12}).*$/, '$1-$2-1$3-$4-$5'),
    sql_mode:
      'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
    transaction_isolation: 'REPEATABLE-READ',
    transaction_read_only: 'OFF',
  }
}

const OF_MARIADB: Readonly<Record<string, string>> = {
  collation_connection: 'utf8mb4_general_ci',
  collation_database: 'utf8mb4_general_ci',
  collation_server: 'utf8mb4_general_ci',
  performance_schema: 'OFF',
  query_cache_size: '1048576',
  query_cache_type: 'OFF',
  secure_file_priv: '',
  sql_mode: 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  tx_isolation: 'REPEATABLE-READ',
  tx_read_only: 'OFF',
}

export function statusVariables(state: SessionState): Map<string, string> {
  const threads = state.server.persona.integer('mysql threads', 2, 8)
  return new Map([
    ['Connections', String(state.thread + 1)],
    ['Questions', String(questions(state))],
    ['Slow_queries', '0'],
    ['Ssl_cipher', ''],
    ['Ssl_version', ''],
    ['Threads_connected', String(threads)],
    ['Threads_running', '2'],
    ['Uptime', String(uptime(state))],
  ])
}
