import type {ScannedPort} from '../../catalog/scan-mapping.ts'

/** A port that was found open. */
export interface FoundPort extends ScannedPort {
  /** Product, version and remarks, in words. */
  readonly words: string
}

/** A machine that answered the scan, as far as a decoy of its kind needs to know it. */
export interface FoundHost {
  /** IPv4, as numbers; none where only IPv6 was seen. */
  readonly addresses: readonly number[]
  /** Lower case; empty: none was seen. */
  readonly mac: string
  readonly vendor: string
  readonly names: readonly string[]
  readonly ports: readonly FoundPort[]
  /** Of the best match; empty where there was none. */
  readonly system: {readonly family: string; readonly vendor: string; readonly device: string; readonly name: string}
}

export interface ScanReport {
  /** Those that were up. */
  readonly hosts: readonly FoundHost[]
  /** Every IPv4 address that answered, also of hosts that the report says nothing else of. */
  readonly addresses: ReadonlySet<number>
  /** nmap's command line; empty: the report has none. */
  readonly command: string
}
