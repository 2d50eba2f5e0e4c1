import type {EvidenceEvent} from '../../../src/events/event.ts'
import type {IntruderTool} from '../../lab/tools.ts'
import type {Section} from '../../support/fleet-text.ts'

/** Where a row's decky is, once the fleet is deployed. */
export interface Target {
  readonly ip: string
  readonly hostname: string
  /** The fleet's domain. */
  readonly domain: string
}

/** What one real client does to a decky, and what has to come of it. */
export interface ClientRun {
  /** As the table shows it, e.g. `smbclient -L, guest`. */
  readonly name: string
  readonly tool: IntruderTool
  /** The command line; run by the intruder. */
  readonly command: (target: Target) => readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** In standard output and error together. */
  readonly prints: RegExp
  /** Checked where it is given. */
  readonly exit?: number
  /** What the table says of it, e.g. `lists the shares`. */
  readonly outcome: string
  /** The event that it must have left: found by `event`, judged by `check`, which throws. */
  readonly leaves?: {
    readonly event: EvidenceEvent['event']
    readonly matching: (event: EvidenceEvent) => boolean
    /** What the table says was captured, e.g. `NetNTLMv2 (5600), verified`. */
    readonly captured: string
  }
}

/** One service of one decky, as a scanner and real clients see it. */
export interface FidelityRow {
  readonly service: string
  readonly port: number
  readonly protocol?: 'tcp' | 'udp'
  /** The product as the table names it, e.g. `Microsoft Windows Server 2022 SMB`. */
  readonly product: string
  /** Keys of the decky's section. */
  readonly decky: Section
  /** Options of the service. */
  readonly options?: Section
  /** What `nmap -sV` prints after the port's state: service and version. */
  readonly nmap: RegExp
  /** Further flags of the scan, where the usual ones take minutes. */
  readonly nmapFlags?: readonly string[]
  /** nmap has no signature of the product itself, and says so of the real one too. */
  readonly unknownToNmap?: true
  /**
   * Scripts that fail on real servers as well: those of nmap 7.93 for SQL Server take a table for a status
   * (`mssql.lua`, GetTargetInstances), whatever the server answers.
   */
  readonly brokenScripts?: RegExp
  /** Lines that the default scripts print for this port or host. */
  readonly scripts?: readonly RegExp[]
  readonly clients: readonly ClientRun[]
}
