/** Configurations that a provisioning server holds for others' machines. No two deckies hold the same. */
import type {Persona} from '../../persona.ts'
import {type7} from './type7.ts'

export type LureKind = 'switch' | 'phone'

export interface Login {
  readonly name: string
  readonly password: string
}

const WORDS = ['Winter', 'Summer', 'Harbor', 'Granite', 'Falcon', 'Maple', 'Orion', 'Castle', 'Vector', 'Copper']
const COMMUNITIES = ['netops', 'n3tmgmt', 'infra-ro', 'monitor']
/** Vendor prefixes of the phones that such servers provision. */
const CISCO_PHONE = ['001BD4', '0021A0', '64A0E7', '7081F2']
const YEALINK = ['001565', '805EC0', '805E0C']
const POLYCOM = ['0004F2', '64167F']

/** Files by their names, without a leading slash. */
export function lureFiles(
  persona: Persona,
  kinds: readonly LureKind[],
  honey: readonly Login[],
): ReadonlyMap<string, Buffer> {
  const files = new Map<string, string>()
  if (kinds.includes('switch')) plantSwitches(files, persona, honey)
  if (kinds.includes('phone')) plantPhones(files, persona, honey)
  return new Map([...files].map(([name, text]) => [name, Buffer.from(text, 'latin1')]))
}

const password = (persona: Persona, purpose: string): string =>
  `${persona.pick(`tftp word ${purpose}`, WORDS)}${persona.integer(`tftp number ${purpose}`, 100, 9999)}`

const network = (persona: Persona): string => persona.facts.ip.split('.').slice(0, 3).join('.')

const neighbour = (persona: Persona, purpose: string): string =>
  `${network(persona)}.${persona.integer(`tftp neighbour ${purpose}`, 10, 240)}`

function plantSwitches(files: Map<string, string>, persona: Persona, honey: readonly Login[]): void {
  const site = (persona.facts.fleet?.site ?? 'hq').toLowerCase()
  const admin = honey[0] ?? {
    name: persona.pick('tftp admin', ['netadmin', 'cisco', 'admin']),
    password: password(persona, 'admin'),
  }
  const count = persona.integer('tftp switches', 2, 4)
  for (let number = 1; number <= count; number++) {
    const name = `${site}-sw${String(number).padStart(2, '0')}`
    files.set(`${name}-confg`, switchConfig(persona, name, admin, network(persona), number + 1))
  }
  const router = switchConfig(persona, `${site}-rtr01`, admin, network(persona), 1)
  files.set('network-confg', router)
  files.set('router-confg', router)
}

function switchConfig(persona: Persona, name: string, admin: Login, net: string, host: number): string {
  const salt = persona.integer(`tftp type 7 ${name}`, 0, 15)
  const community = persona.pick('tftp community', COMMUNITIES)
  return [
    '!',
    'version 15.2',
    'service timestamps log datetime msec',
    'service password-encryption',
    '!',
    `hostname ${name.toUpperCase()}`,
    '!',
    `enable password 7 ${type7(password(persona, 'enable'), salt)}`,
    `username ${admin.name} privilege 15 password 7 ${type7(admin.password, (salt + 3) % 16)}`,
    'aaa new-model',
    'aaa authentication login default group tacacs+ local',
    '!',
    ...(persona.facts.domain === null ? [] : [`ip domain-name ${persona.facts.domain}`, '!']),
    'interface Vlan1',
    ` ip address ${net}.${host} 255.255.255.0`,
    '!',
    `ip default-gateway ${net}.1`,
    `tacacs-server host ${neighbour(persona, 'tacacs')} key 7 ${type7(password(persona, 'tacacs'), (salt + 5) % 16)}`,
    `snmp-server community ${community} RO`,
    `snmp-server community ${community}-rw RW`,
    'line vty 0 15',
    ' transport input telnet ssh',
    '!',
    'end',
    '',
  ].join('\r\n')
}

function plantPhones(files: Map<string, string>, persona: Persona, honey: readonly Login[]): void {
  const own = Array.from({length: persona.integer('tftp phones', 3, 6)}, (_, index) => ({
    name: String(persona.integer('tftp first extension', 20, 60) * 10 + index),
    password: persona.bytes(`tftp secret ${index}`, 16).toString('hex'),
  }))
  const extensions = honey.length > 0 ? honey : own
  const maker = persona.pick('tftp maker', ['cisco', 'yealink', 'polycom'] as const)
  const admin = password(persona, 'phone admin')
  if (maker === 'yealink') files.set('y000000000028.cfg', yealinkCommon(persona, admin))
  if (maker === 'polycom') files.set('000000000000.cfg', polycomMaster('[PHONE_MAC_ADDRESS]-phone.cfg'))
  if (maker === 'cisco') files.set('XMLDefault.cnf.xml', ciscoDefault(persona))
  for (const [index, login] of extensions.entries()) {
    const prefix = persona.pick(`tftp ${maker}`, {cisco: CISCO_PHONE, yealink: YEALINK, polycom: POLYCOM}[maker])
    const mac = `${prefix}${persona.bytes(`tftp phone ${index}`, 3).toString('hex').toUpperCase()}`
    if (maker === 'cisco') files.set(`SEP${mac}.cnf.xml`, ciscoPhone(persona, login, admin))
    else if (maker === 'yealink') files.set(`${mac.toLowerCase()}.cfg`, yealinkPhone(persona, login))
    else files.set(`${mac.toLowerCase()}-phone.cfg`, polycomPhone(persona, login))
  }
}

const registrar = (persona: Persona): string => persona.facts.ip

const ciscoDefault = (persona: Persona): string =>
  `<Default>\n <callManagerGroup>\n  <members>\n   <member priority="0">\n    <callManager>\n     <ports><sipPort>5060</sipPort></ports>\n     <processNodeName>${registrar(persona)}</processNodeName>\n    </callManager>\n   </member>\n  </members>\n </callManagerGroup>\n</Default>\n`

const ciscoPhone = (persona: Persona, {name, password: secret}: Login, admin: string): string =>
  `<device>
 <deviceProtocol>SIP</deviceProtocol>
 <sshUserId>admin</sshUserId>
 <sshPassword>${escapeXml(admin)}</sshPassword>
 <devicePool>
  <callManagerGroup><members><member priority="0"><callManager>
   <ports><sipPort>5060</sipPort></ports>
   <processNodeName>${registrar(persona)}</processNodeName>
  </callManager></member></members></callManagerGroup>
 </devicePool>
 <sipProfile>
  <sipLines>
   <line button="1">
    <featureID>9</featureID>
    <featureLabel>${escapeXml(name)}</featureLabel>
    <proxy>USECALLMANAGER</proxy>
    <port>5060</port>
    <name>${escapeXml(name)}</name>
    <authName>${escapeXml(name)}</authName>
    <authPassword>${escapeXml(secret)}</authPassword>
   </line>
  </sipLines>
 </sipProfile>
</device>
`

const yealinkCommon = (persona: Persona, admin: string): string =>
  `#!version:1.0.0.1
security.user_password = admin:${admin}
auto_provision.server.url = tftp://${registrar(persona)}
local_time.ntp_server1 = ${neighbour(persona, 'ntp')}
`

const yealinkPhone = (persona: Persona, {name, password: secret}: Login): string =>
  `#!version:1.0.0.1
account.1.enable = 1
account.1.label = ${name}
account.1.user_name = ${name}
account.1.auth_name = ${name}
account.1.password = ${secret}
account.1.sip_server.1.address = ${registrar(persona)}
account.1.sip_server.1.port = 5060
`

const polycomMaster = (file: string): string =>
  `<?xml version="1.0" standalone="yes"?>\n<APPLICATION APP_FILE_PATH="sip.ld" CONFIG_FILES="${file}" MISC_FILES="" LOG_FILE_DIRECTORY=""/>\n`

const polycomPhone = (persona: Persona, {name, password: secret}: Login): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<reg reg.1.displayName="${escapeXml(name)}" reg.1.address="${escapeXml(name)}" reg.1.auth.userId="${escapeXml(name)}" reg.1.auth.password="${escapeXml(secret)}" reg.1.server.1.address="${registrar(persona)}" reg.1.server.1.port="5060"/>
`

const ENTITIES: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'}

const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? '')
