/** The configuration of the forest, as far as tools look at it: sites, the controller, partitions. */
import type {Domain} from '../../../../persona/domain.ts'
import type {Attribute, Entry} from '../../directory/tree.ts'
import type {Objects} from './objects.ts'
import {controllerNames} from './root-dse.ts'

const text = (name: string, ...values: string[]): Attribute => ({name, values})

export function configuration(objects: Objects, domain: Domain): Entry[] {
  const {configuration: root, schema, server, settings} = controllerNames(domain)
  const sites = `CN=Sites,${root}`
  const site = `CN=${domain.site},${sites}`
  const partitions = `CN=Partitions,${root}`
  const plain = (
    name: string,
    parent: string,
    kind: string,
    category: string,
    attributes: readonly Attribute[] = [],
  ): Entry => objects.entry({rdn: ['cn', name], parent, classes: ['top', kind], category, system: true, attributes})
  return [
    plain('Configuration', domain.distinguishedName, 'configuration', 'Configuration'),
    plain('Schema', root, 'dMD', 'DMD', [text('objectVersion', '88')]),
    plain('Sites', root, 'sitesContainer', 'Sites-Container'),
    plain(domain.site, sites, 'site', 'Site'),
    plain('Servers', site, 'serversContainer', 'Servers-Container'),
    plain(domain.controller, `CN=Servers,${site}`, 'server', 'Server', [
      text('dNSHostName', `${domain.controller}.${domain.dns}`),
      text('serverReference', `CN=${domain.controller},OU=Domain Controllers,${domain.distinguishedName}`),
    ]),
    plain('NTDS Settings', server, 'nTDSDSA', 'NTDS-DSA', [
      text('options', '1'),
      text('msDS-Behavior-Version', '7'),
      text('msDS-isGC', 'TRUE'),
      text('hasMasterNCs', domain.distinguishedName, root, schema),
    ]),
    plain('Partitions', root, 'crossRefContainer', 'Cross-Ref-Container', [
      text('fSMORoleOwner', settings),
      text('msDS-Behavior-Version', '7'),
    ]),
    plain(domain.netbios, partitions, 'crossRef', 'Cross-Ref', [
      text('dnsRoot', domain.dns),
      text('nETBIOSName', domain.netbios),
      text('nCName', domain.distinguishedName),
      text('systemFlags', '3'),
    ]),
    plain('Services', root, 'container', 'Container'),
  ]
}
