import {ETYPE} from '../../../../src/decoy/codecs/kerberos/constants.ts'
import {stringToKey} from '../../../../src/decoy/codecs/kerberos/encryption.ts'
import {frame} from '../../../../src/decoy/codecs/kerberos/framing.ts'
import type {KdcRequest} from '../../../../src/decoy/codecs/kerberos/kdc-request.ts'
import {encryptTimestamp} from '../../../../src/decoy/codecs/kerberos/preauthentication.ts'
import {abuse} from '../../../support/abuse.ts'
import {abuseUdp} from '../../../support/abuse-udp.ts'
import {apRequest, kdcRequest, passwordRequest, timestampData} from '../../codecs/kerberos/client.ts'
import {HONEY, NOW} from '../ldap/support.ts'
import {kerberosService, REALM} from './support.ts'

const random = (size: number): Buffer => Buffer.alloc(size, 9)
const asked: KdcRequest = {
  type: 'as',
  padata: [],
  options: 0x4080_0010,
  client: {type: 1, parts: [HONEY.name]},
  realm: REALM,
  server: {type: 2, parts: ['krbtgt', REALM]},
  till: NOW + 86_400_000,
  nonce: 12_345,
  etypes: [18, 17, 23],
}
const attempt = (password: string): Buffer => {
  const key = stringToKey(ETYPE.AES256_CTS_HMAC_SHA1_96, password, `${REALM}${HONEY.name}`)
  return kdcRequest({...asked, padata: [timestampData(encryptTimestamp(key, NOW, random))]})
}
const sealed = {etype: 18, cipher: random(64)}
const ticket = {realm: REALM, server: {type: 2, parts: ['kadmin', 'changepw']}, encrypted: sealed}
const change = passwordRequest(1, apRequest(ticket, sealed), sealed)

abuse({
  name: 'kerberos',
  port: 88,
  service: () => kerberosService(),
  dialogues: [
    [kdcRequest(asked), attempt('wrong'), attempt(HONEY.password)].map(frame),
    [kdcRequest({...asked, realm: 'NM'}), kdcRequest({...asked, etypes: [1, 3]})].map(frame),
  ],
  served: (reply) => reply.includes(REALM),
})

abuse({
  name: 'kpasswd',
  port: 464,
  service: () => kerberosService(),
  dialogues: [[frame(change)]],
  served: (reply) => reply.includes('changepw'),
})

abuseUdp({
  name: 'kerberos, in datagrams',
  port: 88,
  service: () => kerberosService(),
  datagrams: [
    kdcRequest(asked),
    attempt('wrong'),
    attempt(HONEY.password),
    kdcRequest({...asked, realm: 'NM'}),
    kdcRequest({...asked, etypes: [1, 3]}),
    kdcRequest({...asked, type: 'tgs', client: null, server: {type: 2, parts: ['cifs', 'fs01.corp.example']}}),
  ],
})

abuseUdp({name: 'kpasswd, in datagrams', port: 464, service: () => kerberosService(), datagrams: [change]})
