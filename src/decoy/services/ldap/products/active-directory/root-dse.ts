/** The rootDSE of a domain controller (MS-ADTS §3.1.1.3.2), attributes in the order of Windows Server 2019 and later. */
import type {Domain} from '../../../../persona/domain.ts'
import {forestCreatedAt, windowsRelease} from '../../../../persona/windows.ts'
import type {Persona} from '../../../../persona.ts'
import type {Attribute} from '../../directory/tree.ts'
import {generalizedTime} from './values.ts'

/** Windows Server 2016 and all of its successors up to 2022 (MS-ADTS §3.1.1.3.2.25). */
const FUNCTIONALITY = '7'

const MECHANISMS = ['GSSAPI', 'GSS-SPNEGO', 'EXTERNAL', 'DIGEST-MD5']

/** Numbers under 1.2.840.113556.1.4 (MS-ADTS §3.1.1.3.4.1); two stand under Netscape's arc. */
const MICROSOFT = '1.2.840.113556.1.4.'
const CONTROLS = [
  ...['319', '801', '473', '528', '417', '619', '841', '529', '805', '521', '970', '1338', '474', '1339', '1340'],
  ...['1413', 'VLV request', 'VLV response', '1504', '1852', '802', '1907', '1948', '1974', '1341', '2026', '2064'],
  ...['2065', '2066', '2090', '2205', '2204', '2206', '2211', '2239', '2255', '2256', '2309', '2330', '2354'],
]
const NETSCAPE: Readonly<Record<string, string>> = {
  'VLV request': '2.16.840.1.113730.3.4.9',
  'VLV response': '2.16.840.1.113730.3.4.10',
}
export const SUPPORTED_CONTROLS: readonly string[] = CONTROLS.map((each) => NETSCAPE[each] ?? `${MICROSOFT}${each}`)
/** MS-ADTS §3.1.1.3.4.3. */
const CAPABILITIES = ['800', '1670', '1791', '1935', '2080', '2237'].map((each) => `${MICROSOFT}${each}`)
const POLICIES = [
  'MaxPoolThreads',
  'MaxPercentDirSyncRequests',
  'MaxDatagramRecv',
  'MaxReceiveBuffer',
  'InitRecvTimeout',
  'MaxConnections',
  'MaxConnIdleTime',
  'MaxPageSize',
  'MaxBatchReturnMessages',
  'MaxQueryDuration',
  'MaxDirSyncDuration',
  'MaxTempTableSize',
  'MaxResultSetSize',
  'MinResultSets',
  'MaxResultSetsPerConn',
  'MaxNotificationPerConn',
  'MaxValRange',
  'MaxValRangeTransitive',
  'ThreadMemoryLimit',
  'SystemMemoryLimitPercent',
]

export interface ControllerNames {
  readonly configuration: string
  readonly schema: string
  readonly server: string
  readonly settings: string
}

export function controllerNames({distinguishedName, controller, site}: Domain): ControllerNames {
  const configuration = `CN=Configuration,${distinguishedName}`
  const server = `CN=${controller},CN=Servers,CN=${site},CN=Sites,${configuration}`
  return {configuration, schema: `CN=Schema,${configuration}`, server, settings: `CN=NTDS Settings,${server}`}
}

export function rootDse(persona: Persona, domain: Domain, now: number): Attribute[] {
  const {configuration, schema, server, settings} = controllerNames(domain)
  const {distinguishedName, dns, controller} = domain
  const contexts = [
    distinguishedName,
    configuration,
    schema,
    `DC=DomainDnsZones,${distinguishedName}`,
    `DC=ForestDnsZones,${distinguishedName}`,
  ]
  const list: readonly (readonly [string, string | readonly string[]])[] = [
    ['domainFunctionality', FUNCTIONALITY],
    ['forestFunctionality', FUNCTIONALITY],
    ['domainControllerFunctionality', FUNCTIONALITY],
    ['rootDomainNamingContext', distinguishedName],
    ['ldapServiceName', `${dns}:${controller.toLowerCase()}$@${dns.toUpperCase()}`],
    ['isGlobalCatalogReady', 'TRUE'],
    ['supportedSASLMechanisms', MECHANISMS],
    ['supportedLDAPVersion', ['3', '2']],
    ['supportedLDAPPolicies', POLICIES],
    ['supportedControl', SUPPORTED_CONTROLS],
    ['supportedCapabilities', CAPABILITIES],
    ['subschemaSubentry', `CN=Aggregate,${schema}`],
    ['serverName', server],
    ['schemaNamingContext', schema],
    ['namingContexts', contexts],
    ['isSynchronized', 'TRUE'],
    ['highestCommittedUSN', String(highestUsn(persona, now))],
    ['dsServiceName', settings],
    ['dnsHostName', `${controller}.${dns}`],
    ['defaultNamingContext', distinguishedName],
    ['currentTime', generalizedTime(now)],
    ['configurationNamingContext', configuration],
  ]
  return list.map(([name, values]) => ({name, values: typeof values === 'string' ? [values] : values}))
}

/** Grows with every change to the directory: a few a minute, and more than before whenever somebody looks again. */
function highestUsn(persona: Persona, now: number): number {
  const minutes = Math.max(0, now - forestCreatedAt(persona)) / 60_000
  const perMinute = persona.integer('usn a minute', 2, 9) / 100
  return windowsRelease(persona).build + persona.integer('usn start', 0, 9000) + Math.floor(minutes * perMinute)
}
