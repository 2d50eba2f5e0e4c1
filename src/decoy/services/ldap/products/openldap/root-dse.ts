/** The rootDSE of slapd without any SASL plug-in, as a minimal installation has it (recorded from 2.5.13). */
import type {Attribute} from '../../directory/tree.ts'

export const SUBSCHEMA = 'cn=subschema'

export const OPENLDAP_CONTROLS = [
  '2.16.840.1.113730.3.4.18',
  '2.16.840.1.113730.3.4.2',
  '1.3.6.1.4.1.4203.1.10.1',
  '1.3.6.1.1.22',
  '1.2.840.113556.1.4.319',
  '1.2.826.0.1.3344810.2.3',
  '1.3.6.1.1.13.2',
  '1.3.6.1.1.13.1',
  '1.3.6.1.1.12',
]
const EXTENSIONS = ['1.3.6.1.4.1.1466.20037', '1.3.6.1.4.1.4203.1.11.1', '1.3.6.1.4.1.4203.1.11.3', '1.3.6.1.1.8']
/** Transactions (RFC 5805) are on by default since 2.5. */
const TRANSACTIONS = ['1.3.6.1.1.21.3', '1.3.6.1.1.21.1']
const FEATURES = [
  '1.3.6.1.1.14',
  '1.3.6.1.4.1.4203.1.5.1',
  '1.3.6.1.4.1.4203.1.5.2',
  '1.3.6.1.4.1.4203.1.5.3',
  '1.3.6.1.4.1.4203.1.5.4',
  '1.3.6.1.4.1.4203.1.5.5',
]

export function rootDse(suffix: string, version: string): Attribute[] {
  const old = version.startsWith('2.4.')
  const operational = (name: string, ...values: string[]): Attribute => ({name, values, operational: true})
  return [
    {name: 'objectClass', values: ['top', 'OpenLDAProotDSE']},
    operational('structuralObjectClass', 'OpenLDAProotDSE'),
    operational('configContext', 'cn=config'),
    operational('namingContexts', suffix),
    operational('supportedControl', ...OPENLDAP_CONTROLS),
    operational('supportedExtension', ...EXTENSIONS, ...(old ? [] : TRANSACTIONS)),
    operational('supportedFeatures', ...FEATURES),
    operational('supportedLDAPVersion', '3'),
    operational('entryDN', ''),
    operational('subschemaSubentry', 'cn=Subschema'),
  ]
}
